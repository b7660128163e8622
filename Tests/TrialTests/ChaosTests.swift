import Domain
import Foundation
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// "One call has one effect", and a watch misses and repeats nothing, whatever becomes of the server: it
/// is killed at random moments, and each time comes back on one of its two addresses or on both. The client is
/// impatient besides, so that some of its changes are asked for again while the server is at work on them.
@Suite("a client in chaos", .serialized, .timeLimit(.minutes(15)))
struct ChaosTests {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  /// The kills go on for so long, and until there have been so many writes.
  static let chaosTime: Duration = .seconds(isFull ? 60 : 7)
  static let writeCountMin = isFull ? 2_000 : 200
  static let caseworkerCount = 6

  static let seed: UInt64 =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 1...UInt64.max)

  /// What the trial runs on: a world, two addresses, and a client with its channel and its counts.
  private struct Scene {
    let world: TrialWorld
    let ports: [ReservedPort]
    let load = ReferralLoad()
    let count = AttemptCount()
    let channel: HTTP2Channel
    let office: SafeMobilityClient
    let ministry: SafeMobilityClient

    init(balancing: String, seed: UInt64) async throws {
      world = try await TrialWorld(seed: seed, eligibleCount: 2 * ChaosTests.caseworkerCount + 1)
      ports = [try ReservedPort(), try ReservedPort()]
      let addresses = ports.map { "127.0.0.1:\($0.number)" }.joined(separator: ",")
      let target = try #require(ChannelTarget("ipv4:\(addresses)"))
      var configuration = SafeMobilityClient.Configuration()
      configuration.backoff = Backoff(
        initial: .milliseconds(20), multiplier: 2, max: .milliseconds(500))
      configuration.attemptTimeout = .milliseconds(25)
      configuration.watchBackoff = configuration.backoff
      configuration.channel.backoff = configuration.backoff
      configuration.channel.serviceConfig = try ServiceConfig(
        json: "{\"loadBalancingConfig\":[{\"\(balancing)\":{}}]}")
      channel = HTTP2Channel(target: target, configuration: configuration.channel)
      let transport = channel.intercepted(by: [count])
      office = try SafeMobilityClient(
        transport: transport, identity: DevelopmentIdentity("iom/CASEWORKER"),
        purpose: .h2Recruitment, configuration: configuration)
      ministry = try SafeMobilityClient(
        transport: transport, identity: DevelopmentIdentity("gt-mintrab/PARTNER_OFFICER"),
        purpose: .h2Recruitment, configuration: configuration)
    }

    /// The household whose referral, sent after everything else, ends the watches.
    var last: StoredHousehold { world.eligible[2 * ChaosTests.caseworkerCount] }

    /// Starts the server on one of the addresses or on both.
    func start(life: Int, using random: inout SeededRandom) throws {
      let choices = [[0], [1], [0, 1]]
      let chosen = choices[Int(random.next() % 3)].map { ports[$0].number }
      // The programme's clock goes on with each life, as clocks do.
      try world.start(minutesAfterOpening: life, ports: chosen)
    }
  }

  @Test(
    "sees each of its changes happen once, and those who watch are told of each once, in order",
    arguments: ["pick_first", "round_robin"])
  func chaos(balancing: String) async throws {
    print("seed \(Self.seed): PASARELA_SEED=\(Self.seed) repeats what is asked; not the races")
    var random = SeededRandom(seed: Self.seed)
    let scene = try await Scene(balancing: balancing, seed: Self.seed)
    try scene.start(life: 0, using: &random)
    let (watches, lives) = try await run(scene, &random)
    await scene.channel.close()
    try scene.world.stop()
    let store = try StoreInspection(path: scene.world.storePath)
    try expectOnce(scene, store)
    try expectTold(watches, store)
    report(scene, watches, balancing, lives)
  }

  /// Lets everybody work while the server dies and comes back.
  ///
  /// - Returns: what the office and the ministry were told; how often the server was killed
  private func run(
    _ scene: Scene, _ random: inout SeededRandom
  ) async throws -> ([WatchedReferrals], Int) {
    let load = scene.load
    let (ready, noteReady) = AsyncStream.makeStream(of: Void.self)
    async let office = watch(scene.office, scene) { noteReady.yield() }
    async let ministry = watch(scene.ministry, scene) { noteReady.yield() }
    // Nothing is written before both watch, so that each is told of everything.
    var isReady = ready.makeAsyncIterator()
    for _ in 0..<2 { _ = await isReady.next() }
    let kills = try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.caseworkerCount {
        let random = SeededRandom(seed: random.next())
        group.addTask {
          await load.work(
            scene.world.eligible[(2 * number)..<(2 * number + 2)], client: scene.office,
            random: random)
        }
      }
      defer { load.end() }
      let kills = try await killAndStart(scene, &random)
      load.end()
      try await group.waitForAll()
      return kills
    }
    // Leaving cancels the watches, which would wait for the last referral for ever.
    try #require(load.failures == [])
    _ = try await load.send(load.draft(scene.last, scene.office), scene.office)
    return (try await [office, ministry], kills)
  }

  private func killAndStart(_ scene: Scene, _ random: inout SeededRandom) async throws -> Int {
    let end = ContinuousClock.now.advanced(by: Self.chaosTime)
    var kills = 0
    while scene.load.failures.isEmpty,
      ContinuousClock.now < end || scene.load.writeCount < Self.writeCountMin
    {
      try await Task.sleep(for: .milliseconds(50 + Int(random.next() % 1_000)))
      scene.world.kill()
      kills += 1
      try scene.start(life: kills, using: &random)
    }
    return kills
  }

  private func watch(
    _ client: SafeMobilityClient, _ scene: Scene, onReady: @Sendable () -> Void
  ) async throws -> WatchedReferrals {
    let household = "registrations/\(scene.last.registration.id)"
    do {
      return try await WatchedReferrals(client, until: household, onReady: onReady)
    } catch {
      scene.load.fail("a watch: \(error)")
      onReady()
      throw error
    }
  }

  /// The store has every change that was answered, and no other.
  private func expectOnce(_ scene: Scene, _ store: StoreInspection) throws {
    #expect(try store.findings() == [])
    let events = try store.events(of: .referral)
    let stored = Dictionary(grouping: events) { "referrals/\($0.resource)" }
    #expect(stored.mapValues { Int64($0.count) } == scene.load.versions)
    #expect(events.count == scene.load.writeCount)
    #expect(try store.count("SELECT COUNT(*) FROM referral") == scene.load.versions.count)
    let requestIDs = try store.texts("SELECT request_id FROM idempotency")
    #expect(requestIDs.count == scene.load.writeCount)
    #expect(Set(requestIDs) == Set(scene.count.attempts.keys))
    #expect(
      scene.count.attempts.contains { $0.value > 1 }, "no kill met a write, so nothing is proven")
  }

  /// The office was told of every event of the feed, the ministry of those of what was sent to it.
  private func expectTold(_ watches: [WatchedReferrals], _ store: StoreInspection) throws {
    let feed = try store.events(of: .referral)
    let sent = Set(feed.filter { $0.stateAfter == ReferralState.sent.rawValue }.map(\.resource))
    let received = feed.filter {
      sent.contains($0.resource) && $0.stateAfter != ReferralState.draft.rawValue
    }
    for (watch, expected) in zip(watches, [feed, received]) {
      #expect(watch.listCount == 1)
      #expect(watch.listed == [])
      #expect(watch.told.count == expected.count)
      // The first that is not as it should be says more than thousands that are.
      let wrong = zip(watch.told, expected).first { $0 != WatchedReferrals.Told($1) }
      #expect(wrong == nil)
      #expect(watch.numbers.elementsEqual(1...Int64(max(1, expected.count))))
    }
  }

  private func report(
    _ scene: Scene, _ watches: [WatchedReferrals], _ balancing: String, _ kills: Int
  ) {
    let attempts = scene.count.attempts.values.reduce(0, +)
    print(
      "\(balancing): \(kills) kills, \(scene.load.writeCount) writes in \(attempts) attempts, "
        + "\(scene.count.failures), \(watches[0].told.count) and \(watches[1].told.count) events told "
        + "over \(scene.count.streamCount) streams")
  }
}
