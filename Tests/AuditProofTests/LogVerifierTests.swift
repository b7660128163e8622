import AuditProof
import Domain
import Protobuf
import SafeMobilityAPI
import Testing

/// Whatever is done to a log that was signed is found.
@Suite struct LogVerifierTests {
  typealias Fault = LogVerifier.Fault

  /// A log of so many entries, with a checkpoint at each of these sizes.
  struct Log {
    var entries: [SafeMobility.AuditEntry] = []
    var checkpoints: [SafeMobility.Checkpoint] = []
    let signer: NoteSigner

    init(
      count: Int, checkpoints sizes: [Int],
      _ edit: (Int, inout AuditEntry) -> Void = { _, _ in }
    ) throws {
      signer = try #require(
        NoteSigner(name: "pasarela.dev/auditLogs/test", seed: Array(repeating: 3, count: 32)))
      var random = SystemRandomNumberGenerator()
      var leaves: [Domain.Digest] = []
      for index in 0..<count {
        var entry = try Self.entry(index, &random)
        edit(index, &entry)
        let digest = Hash.sha256(entry.canonicalBytes)
        let time = Instant(microseconds: 1_686_582_000_000_000 + Int64(index))
        let bytes = MerkleTree.leafBytes(
          position: Int64(index), sequencedTime: time, entryDigest: digest)
        let leaf = AuditLeaf(
          position: Int64(index), sequencedTime: time, entry: entry.id, entryDigest: digest,
          leafHash: Hash.tree.leafHash(bytes))
        leaves.append(leaf.leafHash)
        entries.append(SafeMobility.AuditEntry(entry, at: leaf))
      }
      for size in sizes {
        let text = CheckpointText(
          origin: signer.key.name, size: Int64(size), root: Hash.tree.root(leaves.prefix(size)))
        let note = try signer.sign(text.text)
        checkpoints.append(try #require(SafeMobility.Checkpoint(note: note)))
      }
    }

    private static func entry(
      _ index: Int, _ random: inout SystemRandomNumberGenerator
    ) throws -> AuditEntry {
      let digest = Hash.sha256("\(index)")
      var entry = AuditEntry(
        log: "test", id: AuditEntryID(using: &random),
        eventTime: Instant(microseconds: Int64(index)), role: .caseworker,
        method: "safemobility.v1.ReferralService/SendReferral", verdict: .allow,
        policyVersion: "1", requestCommitment: digest)
      entry.partner = PartnerID(rawValue: "unhcr")
      entry.agency = index % 2 == 0 ? "field" : nil
      entry.purpose = .processing
      entry.userPseudonym = digest
      entry.casePseudonym = index % 3 == 0 ? digest : nil
      entry.responseCommitment = digest
      entry.profile = "us-rsc/USRAP"
      entry.releasedFields = [7, 0]
      entry.releaseCommitment = digest
      (entry.stateBefore, entry.versionBefore) = (1, .first)
      (entry.stateAfter, entry.versionAfter) = (2, Version(rawValue: 2))
      return entry
    }

    func faults() -> (faults: [Fault], proven: Int64) {
      var verifier = LogVerifier(key: signer.key)
      for checkpoint in checkpoints { verifier.add(checkpoint) }
      for entry in entries { verifier.add(entry) }
      verifier.end()
      return (verifier.faults, verifier.provenCount)
    }
  }

  @Test func `a log as it was signed has no fault`() throws {
    let found = try Log(count: 40, checkpoints: [0, 1, 17, 40]).faults()
    #expect(found.faults == [])
    #expect(found.proven == 40)
    let more = try Log(count: 40, checkpoints: [33]).faults()
    #expect(more.faults == [])
    #expect(more.proven == 33)
  }

  @Test func `an empty list of released fields is read as it was written, and by its root`() throws
  {
    let log = try Log(count: 9, checkpoints: [9]) { if $0 == 4 { $1.releasedFields = [] } }
    #expect(log.entries[4].releasedFields.isEmpty)
    #expect(log.faults().faults == [])
    var changed = log
    changed.entries[4].agency = "city"
    #expect(changed.faults().faults.first == .changedEntry(place: 4, uid: log.entries[4].uid))
    // Whoever has made one of the other is found by the root.
    var other = try Log(count: 9, checkpoints: [9]) { if $0 == 4 { $1.releasedFields = nil } }
    let entry = try #require(AuditEntry(other.entries[4]))
    var written = entry
    written.releasedFields = []
    other.entries[4].entrySha256 = Hash.sha256(written.canonicalBytes).bytes
    #expect(other.faults().faults == [.otherRoot(since: 0, size: 9)])
  }

  @Test func `an entry reads back as it was written, state by name`() throws {
    let log = try Log(count: 6, checkpoints: [])
    for message in log.entries {
      #expect(message.stateAfter == "REFERRAL_STATE_SENT")
      let entry = try #require(AuditEntry(message))
      #expect(Hash.sha256(entry.canonicalBytes).bytes == message.entrySha256)
    }
  }

  /// Each changes one thing of an entry.
  private static let changes: [(String, @Sendable (inout SafeMobility.AuditEntry) -> Void)] = [
    ("event_time", { $0.eventTime = .init(microsecondsSinceEpoch: 1_000) }),
    ("partner", { $0.partner = "partners/iom" }), ("no partner", { $0.partner = "" }),
    ("agency", { $0.agency = "city" }), ("role", { $0.role = .reviewer }),
    ("user", { $0.userPseudonym[31] ^= 1 }), ("purpose", { $0.purpose = .resettlement }),
    ("case", { $0.casePseudonym = Array(repeating: 1, count: 32) }),
    ("method", { $0.method += "s" }), ("decision", { $0.decision = .deny }),
    ("policy", { $0.policyVersion = "2" }), ("request", { $0.requestCommitment[0] ^= 128 }),
    ("response", { $0.responseCommitment = [] }), ("profile", { $0.profile = "" }),
    ("fields", { $0.releasedFields = [255, 0] }), ("release", { $0.releaseCommitment[5] ^= 4 }),
    ("state", { $0.stateAfter = "REFERRAL_STATE_DRAFT" }), ("version", { $0.versionAfter = 3 }),
    ("another name of the state", { $0.stateAfter = "HOLD_STATE_CONSUMED" }),
    ("the state's number", { $0.stateAfter = "2" }),
    ("name", { $0.name = $0.name.replacing("/test/", with: "/rest/") }),
    ("state before", { $0.stateBefore = "" }), ("version before", { $0.versionBefore = nil }),
  ]

  @Test(arguments: 0..<changes.count) func `a changed field is found`(_ number: Int) throws {
    var log = try Log(count: 9, checkpoints: [9])
    Self.changes[number].1(&log.entries[4])
    let found = log.faults().faults
    #expect(
      found.first == .changedEntry(place: 4, uid: log.entries[4].uid), "\(Self.changes[number].0)")
  }

  @Test func `a field that was changed together with its digest is found by the root`() throws {
    var log = try Log(count: 9, checkpoints: [3, 9])
    log.entries[4].agency = "city"
    let entry = try #require(AuditEntry(log.entries[4]))
    log.entries[4].entrySha256 = Hash.sha256(entry.canonicalBytes).bytes
    #expect(log.faults().faults == [.otherRoot(since: 3, size: 9)])
    #expect(log.faults().proven == 3)
  }

  @Test func `a removed row, a doubled one, and a pair in another order are found`() throws {
    for at in [0, 4, 8] {
      var log = try Log(count: 9, checkpoints: [9])
      log.entries.remove(at: at)
      let found = log.faults().faults
      #expect(found.contains(.entriesMissing(count: 8, size: 9)))
      if at < 8 { #expect(found.contains(.outOfPlace(place: Int64(at), found: Int64(at) + 1))) }
    }
    var doubled = try Log(count: 9, checkpoints: [9])
    doubled.entries.insert(doubled.entries[4], at: 5)
    #expect(doubled.faults().faults.first == .outOfPlace(place: 5, found: 4))
    var swapped = try Log(count: 9, checkpoints: [9])
    swapped.entries.swapAt(4, 5)
    #expect(swapped.faults().faults.contains(.outOfPlace(place: 4, found: 5)))
    #expect(swapped.faults().faults.contains(.otherRoot(since: 0, size: 9)))
    // Also when whoever did it has given the rows new places and times.
    swapped.entries[4].position = 4
    swapped.entries[5].position = 5
    let time = swapped.entries[4].sequencedTime
    swapped.entries[4].sequencedTime = swapped.entries[5].sequencedTime
    swapped.entries[5].sequencedTime = time
    #expect(swapped.faults().faults == [.otherRoot(since: 0, size: 9)])
  }

  @Test func `a checkpoint written anew is found`() throws {
    var log = try Log(count: 9, checkpoints: [5, 9])
    log.checkpoints[1].treeSize = 8
    #expect(log.faults().faults == [.unreadableCheckpoint])
    // With a note that says the same, which nobody has signed.
    let text = CheckpointText(origin: log.signer.key.name, size: 9, root: Hash.sha256("forged"))
    let forger = try #require(
      NoteSigner(name: log.signer.key.name, seed: Array(repeating: 4, count: 32)))
    log.checkpoints[1] = try #require(SafeMobility.Checkpoint(note: forger.sign(text.text)))
    #expect(log.faults().faults == [.unsigned(size: 9)])
    // Signed even by the right hand: an older one that somebody has kept gives it away.
    log.checkpoints[1] = try #require(SafeMobility.Checkpoint(note: log.signer.sign(text.text)))
    #expect(log.faults().faults == [.otherRoot(since: 5, size: 9)])
    let other = try #require(NoteSigner(name: "elsewhere", seed: Array(repeating: 3, count: 32)))
    let there = CheckpointText(origin: "elsewhere", size: 9, root: text.root)
    log.checkpoints[1] = try #require(SafeMobility.Checkpoint(note: other.sign(there.text)))
    #expect(log.faults().faults == [.otherLog("elsewhere")])
  }

  @Test func `time that runs back is found`() throws {
    var log = try Log(count: 5, checkpoints: [])
    log.entries[3].sequencedTime = log.entries[1].sequencedTime
    #expect(log.faults().faults == [.timeRunsBack(place: 3)])
  }
}
