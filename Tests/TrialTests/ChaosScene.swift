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

/// What a trial in chaos runs on: a world, the addresses of its servers, and a client of all of them, with its counts.
/// The client is impatient, so that some of its changes are asked for again while a server is at work on them.
struct ChaosScene {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  static let caseworkerCount = 6
  static let seed: UInt64 =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 1...UInt64.max)

  let world: TrialWorld
  let ports: [ReservedPort]
  let load = ReferralLoad()
  let count = AttemptCount()
  let channel: HTTP2Channel
  let office: SafeMobilityClient
  let ministry: SafeMobilityClient
  /// Who holds and books.
  let desk: SafeMobilityClient

  /// - Parameter world: has a pair of eligible households for each caseworker, and one more
  init(
    _ world: TrialWorld, portCount: Int, balancing: String,
    attemptTimeout: Duration = .milliseconds(25)
  ) throws {
    self.world = world
    ports = try (0..<portCount).map { _ in try ReservedPort() }
    let addresses = ports.map { "127.0.0.1:\($0.number)" }.joined(separator: ",")
    let target = try #require(ChannelTarget("ipv4:\(addresses)"))
    var configuration = SafeMobilityClient.Configuration()
    configuration.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 2, max: .milliseconds(500))
    configuration.attemptTimeout = attemptTimeout
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
    configuration.attemptTimeout = .seconds(2)
    desk = try SafeMobilityClient(
      transport: channel, identity: DevelopmentIdentity("iom/CONTACT_CENTRE"),
      purpose: .processing, configuration: configuration)
  }

  /// The household whose referral, sent after everything else, ends the watches.
  var last: StoredHousehold { world.eligible[2 * Self.caseworkerCount] }

  /// Lets everybody work while `disturb` does what it does.
  ///
  /// - Returns: what the office and the ministry were told; what `disturb` has returned
  func run<R>(
    _ random: inout SeededRandom, _ disturb: (inout SeededRandom) async throws -> R
  ) async throws -> ([WatchedReferrals], R) {
    let (ready, noteReady) = AsyncStream.makeStream(of: Void.self)
    async let office = watch(self.office) { noteReady.yield() }
    async let ministry = watch(self.ministry) { noteReady.yield() }
    // Nothing is written before both watch, so that each is told of everything.
    var isReady = ready.makeAsyncIterator()
    for _ in 0..<2 { _ = await isReady.next() }
    let result = try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.caseworkerCount {
        let random = SeededRandom(seed: random.next())
        group.addTask {
          await load.work(
            world.eligible[(2 * number)..<(2 * number + 2)], client: self.office, random: random)
        }
      }
      defer { load.end() }
      let result = try await disturb(&random)
      load.end()
      try await group.waitForAll()
      return result
    }
    // Leaving cancels the watches, which would wait for the last referral for ever.
    try #require(load.failures == [])
    _ = try await load.send(load.draft(last, self.office), self.office)
    return (try await [office, ministry], result)
  }

  private func watch(
    _ client: SafeMobilityClient, onReady: @Sendable () -> Void
  ) async throws -> WatchedReferrals {
    let household = "registrations/\(last.registration.id)"
    do {
      return try await WatchedReferrals(client, until: household, onReady: onReady)
    } catch {
      load.fail("a watch: \(error)")
      onReady()
      throw error
    }
  }

  /// The store has every change that was answered, and no other.
  func expectOnce(_ store: StoreInspection) throws {
    #expect(try store.findings() == [])
    let events = try store.events(of: .referral)
    let stored = Dictionary(grouping: events) { "referrals/\($0.resource)" }
    #expect(stored.mapValues { Int64($0.count) } == load.versions)
    #expect(events.count == load.writeCount)
    #expect(try store.count("SELECT COUNT(*) FROM referral") == load.versions.count)
    let requestIDs = try store.texts(
      "SELECT request_id FROM idempotency WHERE method LIKE '%.ReferralService/%'")
    #expect(requestIDs.count == load.writeCount)
    #expect(Set(requestIDs) == Set(count.attempts.keys))
    #expect(
      count.attempts.contains { $0.value > 1 }, "no kill met a write, so nothing is proven")
  }

  /// The office was told of every event of the feed, the ministry of those of what was sent to it.
  func expectTold(_ watches: [WatchedReferrals], _ store: StoreInspection) throws {
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

  func report(_ watches: [WatchedReferrals], _ what: String) {
    let attempts = count.attempts.values.reduce(0, +)
    print(
      "\(what), \(load.writeCount) writes in \(attempts) attempts, "
        + "\(count.failures), \(watches[0].told.count) and \(watches[1].told.count) events told "
        + "over \(count.streamCount) streams")
  }
}
