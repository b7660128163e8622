import ArgumentParser
import AuditProof
import Protobuf
import SafeMobilityAPI

/// `pasarela audit export`.
struct ExportLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the log to standard output, up to its latest checkpoint.",
    discussion: """
      One JSON object a line: {"checkpoint": …}, then {"entry": …} for each entry. For example:

        pasarela audit export > log.jsonl && pasarela audit verify log.jsonl --key KEY
      """)
  private static let pageSize: Int32 = 1_000

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let surroundings = Surroundings.current
    let session = try Session(options, purpose: .oversight, in: surroundings)
    do {
      try await export(session, surroundings)
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  private func export(_ session: Session, _ surroundings: Surroundings) async throws {
    let checkpoint = try await session.checkpoint()
    let head = SafeMobility.GetCheckpointResponse.with { $0.checkpoint = checkpoint }
    surroundings.write(try head.jsonString() + "\n")
    var request = SafeMobility.ListEntriesRequest.with {
      $0.parent = AuditNoun.log
      $0.pageSize = Self.pageSize
    }
    repeat {
      let page: SafeMobility.ListEntriesResponse = try await session.call(
        SafeMobility.AuditServiceMethods.listEntries, request)
      for entry in page.entries {
        guard let position = entry.position, position < checkpoint.treeSize else { return }
        let line = SafeMobility.StreamEntriesResponse.with { $0.item = .entry(entry) }
        surroundings.write(try line.jsonString() + "\n")
      }
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
  }
}

/// `pasarela audit verify`.
struct VerifyLog: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks an exported log, without asking any server.",
    discussion: """
      Finds an entry that was changed, is missing or has changed places, and a checkpoint that was written anew. Says \
      what it found, and exits with 3, when there is anything; else how many entries are as they were signed. The key \
      is what `pasarela-server store log-key` prints; have it from somebody you trust. With --proof it checks one \
      entry, or that one checkpoint only adds to another, without the rest of the log. For example:

        pasarela audit receipt ENTRY > receipt.json && pasarela audit verify receipt.json --proof --key KEY
      """)

  @Argument(help: "What `pasarela audit export` wrote; - is standard input.") var file: String
  @Option(help: ArgumentHelp("The key of the log's checkpoints.", valueName: "NAME+ID+KEY"))
  var key: NoteKey
  @Option(
    help: ArgumentHelp(
      "A checkpoint that you have kept, as a signed note; may be given more than once.",
      valueName: "FILE"))
  var checkpoint: [String] = []
  @Flag(
    help: "FILE is the answer of `audit receipt`, `audit prove` or GetConsistencyProof, not a log.")
  var proof = false

  func run() throws {
    let surroundings = Surroundings.current
    if proof { return surroundings.write(try proven(surroundings) + "\n") }
    let lines = LineFile(path: file, in: surroundings)
    var verifier = LogVerifier(key: key)
    for path in checkpoint { try verifier.add(note(path, surroundings)) }
    try lines.read { number, line in
      guard line.hasPrefix("{\"checkpoint\"") else { return }
      let read = try parsed(line, number, as: SafeMobility.GetCheckpointResponse.self)
      verifier.add(read.checkpoint ?? .init())
    }
    guard !verifier.checkpointSizes.isEmpty || !verifier.faults.isEmpty else {
      throw CommandFailure("\(file) has no checkpoint: nothing in it is signed")
    }
    try lines.read { number, line in
      if line.hasPrefix("{\"checkpoint\"") { return }
      let read = try parsed(line, number, as: SafeMobility.StreamEntriesResponse.self)
      guard case .entry(let entry) = read.item else {
        throw CommandFailure("\(file), line \(number), is neither a checkpoint nor an entry")
      }
      verifier.add(entry)
    }
    verifier.end()
    guard verifier.faults.isEmpty else {
      throw CommandFailure(
        verifier.faults.map(\.description).joined(separator: "\n"), exitCode: 3)
    }
    let unsigned = verifier.count - verifier.provenCount
    guard unsigned == 0 else {
      throw CommandFailure(
        """
        \(verifier.provenCount) entries are as they were signed, and no checkpoint is of the \(unsigned) behind them: \
        export the log anew
        """, exitCode: 3)
    }
    surroundings.write("\(verifier.provenCount) entries are as they were signed\n")
  }

  /// What the proof in the file proves.
  private func proven(_ surroundings: Surroundings) throws -> String {
    var text = ""
    try LineFile(path: file, in: surroundings).read { text += $1 + "\n" }
    let verifier = ProofVerifier(key: key)
    do throws(ProofVerifier.Fault) {
      if let receipt = try? SafeMobility.GetReceiptResponse(jsonString: text),
        let entry = receipt.entry
      {
        let size = try verifier.check(receipt)
        return "\(entry.name) is as it was signed, one of \(size) entries"
      }
      if let proof = try? SafeMobility.GetConsistencyProofResponse(jsonString: text),
        proof.second != nil
      {
        let sizes = try verifier.check(proof)
        return "the log of \(sizes.second) entries begins with the \(sizes.first) of the other"
      }
      if let proof = try? SafeMobility.GetInclusionProofResponse(jsonString: text) {
        let size = try verifier.check(proof)
        return "the leaf is entry \(proof.position) of \(size) that were signed"
      }
    } catch {
      throw CommandFailure("\(file) proves nothing: \(error)", exitCode: 3)
    }
    throw CommandFailure("\(file) is no answer of `audit receipt`, `audit prove` or the like")
  }

  private func parsed<Line: Message>(
    _ line: String, _ number: Int, as type: Line.Type
  ) throws -> Line {
    do {
      return try Line(jsonString: line)
    } catch {
      throw CommandFailure("\(file), line \(number): \(error)", exitCode: 3)
    }
  }

  private func note(
    _ path: String, _ surroundings: Surroundings
  ) throws -> SafeMobility.Checkpoint {
    let bytes = try surroundings.readFile(path)
    guard let checkpoint = SafeMobility.Checkpoint(note: String(decoding: bytes, as: UTF8.self))
    else { throw CommandFailure("\(path) is no signed checkpoint") }
    return checkpoint
  }
}

extension NoteKey: ExpressibleByArgument {
  package init?(argument: String) { self.init(text: argument) }
}
