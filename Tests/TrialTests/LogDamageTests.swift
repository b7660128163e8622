import Domain
import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import StoreSamples
import Testing
import Trials

/// The audit log of a real server in the hands of somebody who has its disk, or the exported file: by the programs alone,
/// as an auditor runs them.
@Suite("a log that somebody has changed", .serialized, .timeLimit(.minutes(5)))
struct LogDamageTests {
  private struct Scene {
    let world: TrialWorld
    let folder: TemporaryFolder
    let auditor: LogAuditor
    /// The lines of an export, and the checkpoint that somebody has kept since.
    let lines: [String]
    let kept: [String]

    init() async throws {
      world = try await TrialWorld(seed: 17, householdCount: 2, seatsPerSlot: 9, slotCount: 1)
      folder = try TemporaryFolder()
      auditor = LogAuditor(world, folder)
      try world.start()
      try await Self.calls(world)
      // A server signs the log as it begins.
      try world.stop()
      try world.start(minutesAfterOpening: 1)
      let path = try auditor.export()
      lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .map(String.init)
      try #require(lines.count > 6)
      let head = try SafeMobility.GetCheckpointResponse(jsonString: lines[0])
      let note = folder.file("kept.note")
      try Data(head.checkpoint?.signedNote ?? []).write(to: URL(fileURLWithPath: note))
      kept = ["--checkpoint", note]
      // What the next server has to sign.
      try await Self.calls(world)
    }

    private static func calls(_ world: TrialWorld) async throws {
      let channel = try world.channel()
      for identity in ["iom/CONTACT_CENTRE", "us-rsc/PARTNER_OFFICER", "unhcr/SCREENER"] {
        let client = TrialWorld.client(
          channel, as: identity, purpose: identity.hasPrefix("us") ? "RESETTLEMENT" : "PROCESSING")
        for household in world.households {
          // Some are answered and some denied: both are in the log.
          _ = try? await SafeMobility.ApplicantServiceClient(client).getRegistration(
            .with { $0.name = Requests.name(of: household) })
        }
      }
      await channel.close()
    }

    func verify(_ lines: [String]) throws -> (Int32, String) {
      let path = folder.file("changed.jsonl")
      try (lines.joined(separator: "\n") + "\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
      return try auditor.verify(path)
    }
  }

  @Test(
    "a flipped bit, a missing row, a changed order and another checkpoint are found in an export")
  func exported() async throws {
    let scene = try await Scene()
    try scene.world.stop()
    let lines = scene.lines
    let (code, words) = try scene.verify(lines)
    #expect(code == 0 && words.contains("\(lines.count - 1) entries are as they were signed"))
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SeededRandom(seed: seed)
    for row in lines.indices {
      var changed = lines
      changed[row] = Self.flipped(lines[row], &random)
      #expect(try scene.verify(changed).0 != 0, "seed \(seed): \(changed[row])")
      guard row > 0 else { continue }
      changed = lines
      changed.remove(at: row)
      #expect(try scene.verify(changed).0 == 3, "row \(row) removed")
      guard row + 1 < lines.count else { continue }
      changed = lines
      changed.swapAt(row, row + 1)
      #expect(try scene.verify(changed).0 == 3, "rows \(row) and \(row + 1)")
    }
    var head = try SafeMobility.GetCheckpointResponse(jsonString: lines[0])
    head.checkpoint?.treeSize -= 1
    #expect(try scene.verify([head.jsonString()] + lines.dropFirst()).0 == 3)
  }

  /// A line with one bit flipped, in what is said by it.
  private static func flipped(_ line: String, _ random: inout SeededRandom) -> String {
    // Nobody signs a checkpoint's time; a digit of it is another time, and the same checkpoint.
    let unsigned = line.ranges(of: /"checkpointTime": *"[^"]*"/)
    while true {
      var bytes = Array(line.utf8)
      let place = Int(random.next() % UInt64(bytes.count))
      bytes[place] ^= 1 << (random.next() % 7)
      let index = line.utf8.index(line.startIndex, offsetBy: place)
      let changed = String(decoding: bytes, as: UTF8.self)
      // Of base64's last digit some bits are nobody's.
      let isSame =
        (try? SafeMobility.GetCheckpointResponse(jsonString: changed)).map {
          $0 == (try? SafeMobility.GetCheckpointResponse(jsonString: line))
        } ?? false
      if !unsigned.contains(where: { $0.contains(index) }), !isSame { return changed }
    }
  }

  /// Who finds what.
  private enum Finder: CaseIterable {
    /// The server, before it signs again; of a log this small it reads all hashes, and no fields.
    case server
    /// Whoever exports the log and has kept a checkpoint; hashes are not exported, but computed.
    case auditor
  }

  private static let damages: [(sql: String, finders: Set<Finder>)] = [
    ("UPDATE audit_entry SET verdict = 1 WHERE verdict = 2", [.auditor]),
    ("UPDATE audit_leaf SET leaf_hash = zeroblob(32) WHERE log_position = 2", [.server]),
    (
      "UPDATE audit_leaf SET sequenced_us = sequenced_us + 1 WHERE log_position = 2",
      [.auditor]
    ),
    (
      """
      DELETE FROM audit_leaf WHERE log_position > 3;
      DELETE FROM audit_entry WHERE uid NOT IN (SELECT entry_uid FROM audit_leaf);
      UPDATE sequence SET last = 3 WHERE name = 'audit'
      """, [.server, .auditor]
    ),
    ("UPDATE audit_checkpoint SET root = zeroblob(32)", [.server, .auditor]),
    ("UPDATE audit_checkpoint SET note = replace(note, 'a', 'b')", [.server, .auditor]),
  ]

  @Test(
    "INV-17: a server does not sign a log that was changed on its disk, and what it gives out does not verify",
    arguments: damages.indices)
  func stored(_ number: Int) async throws {
    let (damage, finders) = Self.damages[number]
    let scene = try await Scene()
    try scene.world.stop()
    let store = try StoreInspection(path: scene.world.storePath)
    let before = try store.count("SELECT MAX(tree_size) FROM audit_checkpoint")
    try store.damage(damage)
    var found: Set<Finder> = []
    // The server serves on, says so, and signs nothing more.
    try scene.world.start(minutesAfterOpening: 2)
    let end = ContinuousClock.now + .seconds(finders.contains(.server) ? 20 : 1)
    while !found.contains(.server), ContinuousClock.now < end {
      if scene.world.log().contains("the audit log is not what was signed") {
        found.insert(.server)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    // An export that fails is not one that verifies.
    let verified = try (try? scene.auditor.export()).map {
      try scene.auditor.verify($0, scene.kept)
    }
    if verified?.0 != 0 { found.insert(.auditor) }
    try scene.world.stop()
    #expect(found == finders, "\(damage): \(String(describing: verified))")
    let after = try StoreInspection(path: scene.world.storePath)
      .count("SELECT MAX(tree_size) FROM audit_checkpoint")
    #expect((after == before) == finders.contains(.server))
  }
}
