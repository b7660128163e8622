import ArgumentParser
import CallRecorder

extension CassetteNoun {
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes one cassette of several, the calls of each behind those of the one before.",
      discussion: """
        All must have the same schema and be redacted by the same rules. For example:

          pasarela cassette merge office.rpcas partner.rpcas --out road.rpcas
        """)

    @Argument(help: "The cassettes, in their order.") var files: [String]
    @Option(help: ArgumentHelp("The cassette to make; it must not exist.", valueName: "FILE"))
    var out: String

    func run() throws {
      let cassettes = try files.map { try CassetteFiles.read($0) }
      let count = try CassetteNoun.write(cassettes, from: files, to: out) { _ in true }
      Surroundings.current.writeError("\(count) calls in \(out)\n")
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a cassette of some calls of another.",
      discussion: """
        Kept are the calls that --keep or --call names, or all, but for those that --drop names. For example:

          pasarela cassette prune road.rpcas --drop 'Health/.*' --out short.rpcas
        """)

    @Argument(help: "The cassette.") var file: String
    @Option(
      help: ArgumentHelp(
        "A regular expression: calls whose method has it.", valueName: "PATTERN"))
    var keep: [String] = []
    @Option(
      help: ArgumentHelp(
        "A regular expression: calls whose method has it are left out.", valueName: "PATTERN"))
    var drop: [String] = []
    @Option(help: ArgumentHelp("The call of this number.", valueName: "NUMBER"))
    var call: [UInt64] = []
    @Option(help: ArgumentHelp("The cassette to make; it must not exist.", valueName: "FILE"))
    var out: String

    func validate() throws {
      guard !keep.isEmpty || !drop.isEmpty || !call.isEmpty else {
        throw ValidationError("say which calls: --keep PATTERN, --drop PATTERN or --call NUMBER")
      }
    }

    func run() throws {
      let kept = try keep.map(CassetteNoun.expression)
      let dropped = try drop.map(CassetteNoun.expression)
      let cassette = try CassetteFiles.read(file)
      let count = try CassetteNoun.write([cassette], from: [file], to: out) { recorded in
        let path = recorded.header.path
        let isNamed =
          kept.isEmpty && call.isEmpty || call.contains(recorded.id)
          || kept.contains { path.firstMatch(of: $0) != nil }
        return isNamed && !dropped.contains { path.firstMatch(of: $0) != nil }
      }
      Surroundings.current.writeError(
        "\(count) of \(cassette.calls.count) calls in \(out)\n")
    }
  }

  /// - Throws: `ValidationError` for a text that is no regular expression
  static func expression(_ pattern: String) throws -> Regex<AnyRegexOutput> {
    do {
      return try Regex(pattern)
    } catch {
      throw ValidationError("'\(pattern)' is no regular expression: \(error)")
    }
  }

  /// Writes the calls that are kept of some cassettes to a new file.
  ///
  /// - Returns: how many they are
  fileprivate static func write(
    _ cassettes: [Cassette], from paths: [String], to out: String,
    keeping isKept: (RecordedCall) -> Bool
  ) throws -> Int {
    let bytes: [UInt8]
    do {
      bytes = try Cassette.bytes(of: cassettes, keeping: isKept)
    } catch let refusal as Cassette.MergeRefusal {
      throw CommandFailure("\(paths[refusal.index]) \(refusal)")
    }
    let output = try CassetteOutput(creating: out)
    do {
      try output.append(bytes)
      try output.close()
    } catch {
      output.remove()
      throw CommandFailure("cannot write \(out): check the room on its disk")
    }
    return cassettes.reduce(0) { $0 + $1.calls.filter(isKept).count }
  }
}
