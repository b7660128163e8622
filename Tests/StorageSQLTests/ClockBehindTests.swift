import Domain
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Synchronization
import Testing

/// INV-15: a clock that was put back while no server ran.
@Suite(.serialized) struct ClockBehindTests {
  enum Engine: CaseIterable { case sqlite, postgres }

  @Test(arguments: Engine.allCases)
  func `a server that comes back with an earlier clock goes on behind the last entry`(
    _ engine: Engine
  ) async throws {
    let file = try TemporaryDatabase()
    let target = engine == .postgres ? try PostgresServer.shared.get().makeDatabase() : ""
    let clock = TestClock()
    let environment = StoreEnvironment.test(now: { clock.now })
    var maker = SampleMaker(try StoredWorld(), seed: 15)
    var last: [Instant] = []
    for hours in [0, -1, -48, 1] {
      clock.advance(by: .hours(hours))
      let store =
        engine == .postgres
        ? try SQLStore.open(postgres: target, environment: environment)
        : try SQLStore.open(sqlite: file.path, environment: environment)
      for _ in 0..<3 {
        // Two of one unit, and of one look of the sequencer.
        let entries = [try maker.entry(at: clock.now), try maker.entry(at: clock.now)]
        try await store.write { tx in
          for entry in entries { try tx.append(entry, digest: environment.hash([1])) }
        }
      }
      try await store.sequencePending()
      let times = try await store.read { reader in
        try reader.auditEntries(from: 0, limit: 100).items.map(\.leaf.sequencedTime)
      }
      #expect(times.count == last.count + 6)
      #expect(Array(times.prefix(last.count)) == last)
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(times)")
      #expect(try await store.breaches(of: Law.all) == [])
      last = times
      try await store.close()
    }
    if engine == .postgres { try PostgresServer.shared.get().drop(target) }
  }
}
