import Domain
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Synchronization
import Testing

@Suite(.serialized) struct PostgresStoreTests {
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })

  @Test func `nodes that start at once on an empty database make one schema`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    let stores = try await withThrowingTaskGroup(of: SQLStore.self) { group in
      for _ in 0..<4 {
        group.addTask { try SQLStore.open(postgres: target, environment: Self.environment) }
      }
      return try await group.reduce(into: [SQLStore]()) { $0.append($1) }
    }
    let world = try StoredWorld()
    try await stores[0].write { try world.seed($0) }
    for store in stores {
      #expect(try await store.read { try $0.programs() } == [world.program])
      try await store.close()
    }
    try PostgresServer.shared.get().drop(target)
  }

  @Test func `a node hears of what another has written, in places of one feed`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    let nodes = try (0..<2).map { _ in
      try SQLStore.open(postgres: target, environment: Self.environment)
    }
    let world = try StoredWorld()
    var maker = SampleMaker(world, seed: 9)
    let events = (0..<50).map { maker.event(.hold, uid: "h\($0)") }
    let newsCount = Mutex(0)
    let listening = Task { for await _ in nodes[1].news { newsCount.withLock { $0 += 1 } } }
    for (index, event) in events.enumerated() {
      try await nodes[index % 2].write { try $0.append(event) }
    }
    // Shortly after: one of the two gives places out.
    let end = ContinuousClock.now + .seconds(10)
    var feed = Page<SequencedEvent>(items: [], hasMore: false)
    while feed.items.count < events.count, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(10))
      feed = try await nodes[1].read { try $0.statusEvents(after: 0, limit: 100) }
    }
    #expect(feed.items.map(\.position) == Array(1...50))
    #expect(Set(feed.items.map(\.event.id)) == Set(events.map(\.id)))
    #expect(newsCount.withLock { $0 } > 0)
    listening.cancel()
    for node in nodes { try await node.close() }
    try PostgresServer.shared.get().drop(target)
  }

  @Test func `when the node that gives places out is gone, another does within seconds`()
    async throws
  {
    let target = try PostgresServer.shared.get().makeDatabase()
    let first = try SQLStore.open(postgres: target, environment: Self.environment)
    // So long that the first has the lock.
    try await Task.sleep(for: .milliseconds(300))
    let second = try SQLStore.open(postgres: target, environment: Self.environment)
    try await first.close()
    let start = ContinuousClock.now
    var maker = SampleMaker(try StoredWorld(), seed: 10)
    let event = maker.event(.hold, uid: "h")
    try await second.write { try $0.append(event) }
    while try await second.read({ try $0.statusEventEnd() }) < 1 {
      try #require(start.duration(to: .now) < .seconds(5))
      try await Task.sleep(for: .milliseconds(10))
    }
    try await second.close()
    try PostgresServer.shared.get().drop(target)
  }

  @Test func `a log in which nobody gives out places raises an alarm`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    // Somebody who has the sequencer's lock and does nothing.
    let idler = try PostgresEngine(target: target).prepare { connection in
      try connection.script("SELECT pg_advisory_unlock_all()")
      try connection.script("SELECT pg_advisory_lock(\(AdvisoryLock.sequencer.rawValue))")
      return connection
    }
    let store = try SQLStore.open(postgres: target, environment: Self.environment)
    var maker = SampleMaker(try StoredWorld(), seed: 11)
    let entry = try maker.entry()
    try await store.write { try $0.append(entry, digest: Self.environment.hash([1])) }
    var lags = store.sequencerLag.makeAsyncIterator()
    let lag = try #require(await lags.next())
    #expect(lag > .seconds(5))
    #expect(try await store.read { try $0.auditLogSize() } == 0)
    withExtendedLifetime(idler) {}
    try await store.close()
    try PostgresServer.shared.get().drop(target)
  }
}
