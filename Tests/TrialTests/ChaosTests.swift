import Foundation
import RPCTransportHTTP2
import StoreSamples
import Testing
import Trials

/// "One call has one effect", and a watch misses and repeats nothing, whatever becomes of the server: it
/// is killed at random moments, and each time comes back on one of its two addresses or on both.
@Suite("a client in chaos", .serialized, .timeLimit(.minutes(15)))
struct ChaosTests {
  /// The kills go on for so long, and until there have been so many writes.
  static let chaosTime: Duration = .seconds(ChaosScene.isFull ? 60 : 7)
  static let writeCountMin = ChaosScene.isFull ? 2_000 : 200

  @Test(
    "sees each of its changes happen once, and those who watch are told of each once, in order",
    arguments: ["pick_first", "round_robin"])
  func chaos(balancing: String) async throws {
    let seed = ChaosScene.seed
    print("seed \(seed): PASARELA_SEED=\(seed) repeats what is asked; not the races")
    var random = SeededRandom(seed: seed)
    let world = try await TrialWorld(
      seed: seed, eligibleCount: 2 * ChaosScene.caseworkerCount + 1)
    let scene = try ChaosScene(world, portCount: 2, balancing: balancing)
    try start(scene, life: 0, using: &random)
    let (watches, lives) = try await scene.run(&random) { random in
      try await killAndStart(scene, &random)
    }
    await scene.channel.close()
    try world.stop()
    let store = try await world.inspection()
    try scene.expectOnce(store)
    try scene.expectTold(watches, store)
    scene.report(watches, "\(balancing): \(lives) kills")
  }

  private func killAndStart(_ scene: ChaosScene, _ random: inout SeededRandom) async throws -> Int {
    let end = ContinuousClock.now.advanced(by: Self.chaosTime)
    var kills = 0
    while scene.load.failures.isEmpty,
      ContinuousClock.now < end || scene.load.writeCount < Self.writeCountMin
    {
      try await Task.sleep(for: .milliseconds(50 + Int(random.next() % 1_000)))
      scene.world.kill()
      kills += 1
      try start(scene, life: kills, using: &random)
    }
    return kills
  }

  /// Starts the server on one of the addresses or on both.
  private func start(_ scene: ChaosScene, life: Int, using random: inout SeededRandom) throws {
    let choices = [[0], [1], [0, 1]]
    let chosen = choices[Int(random.next() % 3)].map { scene.ports[$0].number }
    // The programme's clock goes on with each life, as clocks do.
    try scene.world.start(minutesAfterOpening: life, ports: chosen)
  }
}
