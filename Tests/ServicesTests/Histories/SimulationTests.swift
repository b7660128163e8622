import Foundation
import PostgresFixture
import ServiceFixture
import Services
import StorageSQL
import Testing

/// Many short lives of the programme, each from a seed: every answer compared with the oracle's, and every invariant
/// that rows can break looked for after every step.
///
/// `PASARELA_SEED=n` runs that one alone, as often as it takes.
@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isFull = environment["PASARELA_FULL"] == "1"
  private static let seedCount = isFull ? 2_000 : 50
  private static let stepCount = 60
  /// For the machine's sake, not the test's: PostgreSQL is a process away.
  private static let postgresSeedCount = isFull ? 40 : 2
  /// How many seeds are lived at once; each world is in memory or a file of its own.
  private static let batchCount = 2

  private static var seeds: [UInt64] {
    if let text = environment["PASARELA_SEED"], let seed = UInt64(text) { return [seed] }
    return (1...UInt64(seedCount)).map { $0 }
  }

  /// Laws of what the history's seeds write past the services are not for it.
  private static let laws = Law.all.filter { !$0.name.contains("registration's last version") }

  @Test func `lives on SQLite are those of the oracle, and break no invariant`() async throws {
    try await live(Self.seeds, beside: .sqlite)
  }

  @Test func `lives on PostgreSQL are those of the oracle, and break no invariant`() async throws {
    try await live(Array(Self.seeds.prefix(Self.postgresSeedCount)), beside: .postgres)
  }

  private func live(_ seeds: [UInt64], beside kind: World.StoreKind) async throws {
    var kinds: Set<String> = []
    var rest = seeds[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.batchCount)
      rest = rest.dropFirst(Self.batchCount)
      try await withThrowingTaskGroup(of: Set<String>.self) { group in
        for seed in batch { group.addTask { try await live(seed, beside: kind) } }
        for try await found in group { kinds.formUnion(found) }
      }
    }
    // Else what is compared would be little, however many lives there are.
    if seeds.count >= 50 { #expect(kinds.count >= 120, "\(kinds.sorted())") }
  }

  /// One life; the kinds of calls and outcomes that were in it.
  private func live(_ seed: UInt64, beside kind: World.StoreKind) async throws -> Set<String> {
    let oracle = try await History(.memory, seed: seed)
    let subject = try await History(kind, seed: seed)
    var kinds: Set<String> = []
    for number in 1...Self.stepCount {
      let (expected, found) = (try await oracle.step(), try await subject.step())
      guard found == expected else {
        Issue.record("seed \(seed), step \(number)\noracle: \(expected)\n\(kind): \(found)")
        return kinds
      }
      kinds.insert(HistoryTests.kind(of: found))
      let broken = try await breaches(in: subject.world)
      guard broken.isEmpty else {
        Issue.record("seed \(seed), step \(number), after \(found): \(broken)")
        return kinds
      }
    }
    let difference = try await subject.traces().difference(from: oracle.traces())
    #expect(difference.isEmpty, "seed \(seed): \(difference)")
    try await subject.world.desk.makeCheckpoint()
    return kinds
  }

  private func breaches(in world: World) async throws -> [String] {
    if let store = world.store as? SQLStore { return try await store.breaches(of: Self.laws) }
    return try await #require(world.store as? SettledStore).breaches(of: Self.laws)
  }
}
