import Foundation
import PostgresFixture
import Protobuf
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// Three servers on one PostgreSQL with a synchronous standby. Servers are killed at random moments and come back,
/// one at a time; in the middle the database itself is killed, and its standby becomes the primary.
@Suite("three servers and a database in chaos", .serialized, .timeLimit(.minutes(5)))
struct NodeChaosTests {
  private static let nodeCount = 3
  private static let seatCount = 40
  private static let householdCount = 60
  static let chaosTime: Duration = .seconds(ChaosScene.isFull ? 60 : 12)

  @Test("lose nothing that was answered, sell no seat twice, and those who watch miss nothing")
  func chaos() async throws {
    let seed = ChaosScene.seed
    print("seed \(seed): PASARELA_SEED=\(seed) repeats what is asked; not the races")
    var random = SeededRandom(seed: seed)
    let primary = try PostgresServer()
    let standby = try PostgresServer(standbyOf: primary)
    let world = try await TrialWorld(
      seed: seed, householdCount: Self.householdCount, seatsPerSlot: Self.seatCount, slotCount: 1,
      eligibleCount: 2 * ChaosScene.caseworkerCount + 1, postgres: primary, standby: standby)
    let scene = try ChaosScene(
      world, portCount: Self.nodeCount, balancing: "round_robin", attemptTimeout: .milliseconds(250)
    )
    for node in 0..<Self.nodeCount { try start(node, scene) }
    let bookings = SeatBookings(scene.desk, world, over: Self.chaosTime, seed: random.next())
    async let booked = bookings.run()
    let (watches, kills) = try await scene.run(&random) { random in
      try await disturb(scene, primary, standby, &random)
    }
    let outcomes = await booked
    await scene.channel.close()
    try world.stop()
    let store = try await world.inspection()
    try scene.expectOnce(store)
    try scene.expectTold(watches, store)
    try bookings.expect(outcomes, seatCount: Self.seatCount, store)
    scene.report(watches, "\(kills) kills and a failover, \(outcomes.count) bookings")
  }

  private func start(_ node: Int, _ scene: ChaosScene) throws {
    try scene.world.start(node: node, ports: [scene.ports[node].number])
  }

  private func disturb(
    _ scene: ChaosScene, _ primary: PostgresServer, _ standby: PostgresServer,
    _ random: inout SeededRandom
  ) async throws -> Int {
    let begin = ContinuousClock.now
    var kills = 0
    var hasFailedOver = false
    while scene.load.failures.isEmpty, ContinuousClock.now < begin + Self.chaosTime {
      try await Task.sleep(for: .milliseconds(50 + Int(random.next() % 700)))
      if !hasFailedOver, ContinuousClock.now > begin + Self.chaosTime / 2 {
        hasFailedOver = true
        primary.kill()
        try await Task.sleep(for: .milliseconds(300))
        try standby.promote()
      }
      let node = Int(random.next() % UInt64(Self.nodeCount))
      scene.world.kill(node: node)
      kills += 1
      try start(node, scene)
    }
    #expect(hasFailedOver)
    return kills
  }
}
