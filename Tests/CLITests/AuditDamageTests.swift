import AuditProof
import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Testing

/// `pasarela audit verify` against whoever has the exported file, or the store, in hand: every row, every field, and
/// bits at random.
@Suite struct AuditDamageTests {
  private static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"

  /// The export: the checkpoint, then a line an entry.
  private let lines: [String]

  private var rows: Range<Int> { 1..<lines.count }

  init() async throws {
    let world = try await World()
    // Of every kind: loaded data, a change with its states, a disclosure of a case, denials.
    let household = try await world.household(in: .submitted)
    let name = "registrations/\(household.registration.id)"
    let screener = world.caller("iom/SCREENER").applicants
    _ = try await screener.startScreening(
      .with {
        $0.name = name
        $0.etag = household.registration.etag.text
        $0.requestId = requestID()
      })
    _ = try await screener.getRegistration(.with { $0.name = name })
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.caller("us-rsc/PARTNER_OFFICER").applicants.getRegistration(
        .with { $0.name = name })
    }
    try await world.desk.makeCheckpoint()
    var surroundings = CommandWorld(transport: world.transport)
    surroundings.environment["PASARELA_AS"] = "us-prm/AUDITOR"
    let export = await surroundings.run("audit export")
    try #require(export.code == 0, "\(export.errors)")
    lines = export.output.split(separator: "\n").map(String.init)
    try #require(lines.count >= 6)
  }

  private func verify(
    _ lines: [String], key: String = World.secrets.checkpointKey
  ) async -> CommandRun {
    var surroundings = CommandWorld()
    surroundings.files = ["log": lines.joined(separator: "\n") + "\n"]
    return await surroundings.run("audit verify log --key \(key)")
  }

  /// What is found in the export after a change of it; exits with 3 and says which entry or checkpoint it is.
  private func expectFound(
    _ what: String, _ change: (inout [String]) throws -> Void
  ) async throws {
    var changed = lines
    try change(&changed)
    try #require(changed != lines, "\(what) changes nothing")
    let found = await verify(changed)
    #expect(found.code == 3, "\(what): \(found.transcript)")
    #expect(found.output.isEmpty, "\(what)")
    #expect(found.errors.contains("entr") || found.errors.contains("checkpoint"), "\(what)")
  }

  @Test func `the export itself is as it was signed`() async {
    let found = await verify(lines)
    #expect(found.code == 0, "\(found.errors)")
    #expect(found.output == "\(rows.count) entries are as they were signed\n")
  }

  @Test func `each field of each row, changed or taken out, is found`() async throws {
    var fields: Set<String> = []
    for row in rows {
      let entry = try Self.entry(lines[row])
      for field in entry.keys.sorted() {
        fields.insert(field)
        try await expectFound("\(field) of row \(row) taken out") {
          var less = entry
          less[field] = nil
          $0[row] = try Self.line(less)
        }
        try await expectFound("\(field) of row \(row) changed") {
          var other = entry
          other[field] = Self.changed(entry[field])
          $0[row] = try Self.line(other)
        }
      }
    }
    // All that an entry of these can have, or the matrix has holes.
    let all = SafeMobility.AuditEntry.descriptor.fields.map(\.jsonName)
    let absent = Set(all).subtracting(fields)
    #expect(absent == ["agency", "profile", "releasedFields", "releaseCommitment"])
  }

  @Test func `a field that an entry did not have is found as well`() async throws {
    let sample: [String: Any] = [
      "agency": "field", "profile": "us-rsc/USRAP", "releasedFields": "AAE=",
      "releaseCommitment": Data(repeating: 1, count: 32).base64EncodedString(),
      "casePseudonym": Data(repeating: 1, count: 32).base64EncodedString(), "versionBefore": "1",
    ]
    for row in rows {
      let entry = try Self.entry(lines[row])
      for (field, value) in sample where entry[field] == nil {
        try await expectFound("\(field) put into row \(row)") {
          $0[row] = try Self.line(entry.merging([field: value]) { $1 })
        }
      }
    }
  }

  @Test func `a flipped bit is found, wherever in whichever row`() async throws {
    var random = SystemRandomNumberGenerator()
    var count = 0
    for row in lines.indices {
      let bytes = Array(lines[row].utf8)
      let step = Self.isFull ? 1 : 37
      let start = Int.random(in: 0..<step, using: &random)
      for place in stride(from: start, to: bytes.count, by: step) {
        let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        var flipped = bytes
        flipped[place] ^= bit
        var changed = lines
        changed[row] = String(decoding: flipped, as: UTF8.self)
        count += 1
        // Bits of base64 that stand for nothing change nothing.
        if try Self.says(changed[row], whatIsSaidBy: lines[row]) { continue }
        let found = await verify(changed)
        #expect(found.code != 0, "row \(row), byte \(place), bit \(bit): \(changed[row])")
      }
    }
    #expect(count >= lines.reduce(0) { $0 + $1.utf8.count / 37 })
  }

  @Test func `each row removed, doubled, and changed with each other is found`() async throws {
    for row in rows {
      try await expectFound("row \(row) removed") { $0.remove(at: row) }
      try await expectFound("row \(row) doubled") { $0.insert($0[row], at: row) }
      for other in (row + 1)..<(lines.count + 1) where other < lines.count {
        try await expectFound("rows \(row) and \(other) changed") { $0.swapAt(row, other) }
      }
    }
    try await expectFound("everything removed") { $0.removeSubrange(rows) }
  }

  @Test func `a checkpoint written anew is found, whoever has signed it`() async throws {
    let head = try SafeMobility.GetCheckpointResponse(jsonString: lines[0])
    let checkpoint = try #require(head.checkpoint)
    let key = try #require(NoteKey(text: World.secrets.checkpointKey))
    let forger = try #require(NoteSigner(name: key.name, seed: Array(repeating: 9, count: 32)))
    func rewritten(size: Int64, _ root: [UInt8]) throws -> SafeMobility.Checkpoint {
      let text = CheckpointText(
        origin: key.name, size: size, root: try #require(Digest(root)))
      return try #require(SafeMobility.Checkpoint(note: forger.sign(text.text)))
    }
    let size = checkpoint.treeSize
    let other = [UInt8](repeating: 1, count: 32)
    var forged = [
      try rewritten(size: size, checkpoint.rootSha256), try rewritten(size: size, other),
      try rewritten(size: size - 1, other),
    ]
    for change in [\SafeMobility.Checkpoint.rootSha256, \.signedNote] {
      var changed = checkpoint
      changed[keyPath: change][0] ^= 1
      forged.append(changed)
    }
    var shorter = checkpoint
    shorter.treeSize -= 1
    var elsewhere = checkpoint
    elsewhere.origin += "x"
    for (number, one) in (forged + [shorter, elsewhere]).enumerated() {
      try await expectFound("checkpoint \(number)") {
        $0[0] = try SafeMobility.GetCheckpointResponse.with { $0.checkpoint = one }.jsonString()
      }
    }
    // Under the forger's own key all is well: it matters from whom one has the key.
    let whole = SafeMobility.GetCheckpointResponse.with { $0.checkpoint = forged[0] }
    let own = await verify(
      [try whole.jsonString()] + lines[rows], key: forger.key.text)
    #expect(own.code == 0)
  }

  // MARK: Lines

  /// Whether two lines are one message; of a checkpoint, whether what is signed and the signature are: its time is not.
  private static func says(_ line: String, whatIsSaidBy other: String) throws -> Bool {
    func checkpoint(_ line: String) -> (SafeMobility.Checkpoint, SignedNote)? {
      let head = try? SafeMobility.GetCheckpointResponse(jsonString: line)
      guard var checkpoint = head?.checkpoint,
        let note = SignedNote(String(decoding: checkpoint.signedNote, as: UTF8.self))
      else { return nil }
      (checkpoint.checkpointTime, checkpoint.signedNote) = (nil, [])
      return (checkpoint, note)
    }
    if let one = checkpoint(line), let two = checkpoint(other) { return one == two }
    guard let one = try? SafeMobility.StreamEntriesResponse(jsonString: line) else { return false }
    return try one == SafeMobility.StreamEntriesResponse(jsonString: other)
  }

  private static func entry(_ line: String) throws -> [String: Any] {
    let whole = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return try #require(whole?["entry"] as? [String: Any])
  }

  private static func line(_ entry: [String: Any]) throws -> String {
    let bytes = try JSONSerialization.data(
      withJSONObject: ["entry": entry], options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same kind of value, and another one.
  private static func changed(_ value: Any?) -> Any {
    guard let text = value as? String else { return ((value as? Int) ?? 0) + 1 }
    if let number = Int(text) { return String(number + 1) }
    if text.hasSuffix("Z"), text.contains(":") {
      return text.replacing(#/:(\d)/#, maxReplacements: 1) { ":\($0.output.1 == "1" ? "2" : "1")" }
    }
    if let bytes = Data(base64Encoded: text), bytes.count == 32 {
      return Data(bytes.dropLast() + [bytes[31] ^ 1]).base64EncodedString()
    }
    switch text {
    case "AUDIT_DECISION_ALLOW", "ALLOW": return text.replacing("ALLOW", with: "DENY")
    case let name where name.hasPrefix("ROLE_"):
      return name == "ROLE_DPO" ? "ROLE_SYSTEM" : "ROLE_DPO"
    default: return text.hasSuffix("x") ? text + "y" : text + "x"
    }
  }
}
