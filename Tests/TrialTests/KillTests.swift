import Foundation
import RPCCore
import RPCTransportHTTP2
import StoreSamples
import Testing
import Trials

/// "Acknowledged means durable": a power cut at any moment loses no answered write and leaves no
/// half of one.
@Suite("a server killed under write load", .serialized)
struct KillTests {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  static let killCount = isFull ? 1_000 : 200

  static let seed: UInt64 =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 1...UInt64.max)

  @Test(
    "loses nothing it has answered, and leaves nothing half done",
    .timeLimit(.minutes(isFull ? 60 : 20)))
  func killing() async throws {
    print(
      "seed \(Self.seed): PASARELA_SEED=\(Self.seed) repeats what was asked and when; not the races"
    )
    var random = SeededRandom(seed: Self.seed)
    let world = try await TrialWorld(
      seed: Self.seed, householdCount: 48, seatsPerSlot: 60, slotCount: 4)
    var writes = 0
    var idleKills = 0
    var answered: [Acknowledged] = []
    for kill in 1...Self.killCount {
      // Eleven minutes on, so that holds whose answer nobody heard have run out.
      try world.start(minutesAfterOpening: 11 * kill)
      try await expectAnswered(answered, world, kill: kill)
      let load = try await runUntilKilled(world, random: &random)
      answered = load.all
      writes += answered.count
      if answered.isEmpty { idleKills += 1 }
      // A copy: the log of a killed server is the next server's to replay, not the inspection's.
      let findings = try StoreInspection(copyOf: world.storePath).findings()
      try #require(load.unexpected == [], "kill \(kill)")
      try #require(findings == [], "kill \(kill)")
    }
    try world.start(minutesAfterOpening: 11 * (Self.killCount + 1))
    try await expectAnswered(answered, world, kill: Self.killCount)
    try world.stop()
    print("\(Self.killCount) kills, \(writes) acknowledged writes")
    #expect(writes > Self.killCount, "the load was too small to prove anything")
    #expect(
      idleKills < Self.killCount / 4, "\(idleKills) kills met a server that had written nothing")
  }

  /// Four desks write; the server dies at a random moment of the first fifth of a second.
  private func runUntilKilled(
    _ world: TrialWorld, random: inout SeededRandom
  ) async throws -> WriteLoad {
    let load = WriteLoad()
    let moment = Duration.milliseconds(5 + Int(random.next() % 200))
    let seeds = (0..<4).map { _ in random.next() }
    let channels = try seeds.map { _ in try world.channel() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (desk, channel) in channels.enumerated() {
        group.addTask {
          await load.work(
            world.households[(desk * 12)..<(desk * 12 + 12)], world.slots,
            client: TrialWorld.client(channel, as: "iom/CONTACT_CENTRE"),
            random: SeededRandom(seed: seeds[desk]))
        }
      }
      try await Task.sleep(for: moment)
      world.kill()
      group.cancelAll()
      try await group.waitForAll()
    }
    for channel in channels { await channel.close() }
    return load
  }

  private func expectAnswered(
    _ writes: [Acknowledged], _ world: TrialWorld, kill: Int
  ) async throws {
    let channel = try world.channel()
    let client = TrialWorld.client(channel, as: "iom/CONTACT_CENTRE")
    for write in writes {
      var told = "another answer"
      do {
        if try await write.isStillAnswered(client) { continue }
      } catch {
        told = "\(error)"
      }
      Issue.record("kill \(kill): an acknowledged \(write.name) is lost or was changed: \(told)")
    }
    await channel.close()
  }
}
