import Foundation
import PostgresFixture
import RPCCore
import ServiceFixture
import Services
import StorageSQL
import Testing

/// Many short lives of the programme, each from a seed: every answer compared with the oracle's, and every invariant
/// that rows can break looked for after every step; the log is gone through and signed for now and then, and at the end.
///
/// `PASARELA_SEED=n` runs that one alone, as often as it takes.
@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isFull = environment["PASARELA_FULL"] == "1"
  private static let seedCount = isFull ? 2_000 : 50
  private static let stepCount = 80
  /// For the machine's sake, not the test's: PostgreSQL is a process away.
  private static let postgresSeedCount = isFull ? 40 : 2
  /// How many seeds are lived at once; each world is in memory or a file of its own.
  private static let batchCount = 2

  private static var seeds: [UInt64] {
    if let text = environment["PASARELA_SEED"], let seed = UInt64(text) { return [seed] }
    return (1...UInt64(seedCount)).map { $0 }
  }

  /// After how many steps the whole log is gone through, and signed for.
  private static let checkedStepCount = 20

  @Test func `lives on SQLite are those of the oracle, and break no invariant`() async throws {
    try await live(Self.seeds, beside: .sqlite)
  }

  @Test func `lives on PostgreSQL are those of the oracle, and break no invariant`() async throws {
    try await live(Array(Self.seeds.prefix(Self.postgresSeedCount)), beside: .postgres)
  }

  /// Changes that no life makes, and who makes them instead.
  private static let leftOut = [
    "StartPilot": "every world begins with it",
    "ExtendProgram": "ExtendTests; once in a programme, by two governments",
    "UpdateProgram": "ProgramDeskTests; reference data that no rule of these lives reads",
    "CreateOffice": "OfficeDeskTests", "UpdateOffice": "OfficeDeskTests",
    "CreateService": "ServiceTests", "UpdateService": "ServiceTests",
    "CreateSchedule": "SlotTests", "UpdateSchedule": "SlotTests",
    "GenerateSlots": "SlotTests; lives have their slots from the beginning, at times that overlap",
    "RegisterKey": "PartnerKeyTests", "RotateKey": "KeyRotationTests",
    "Exchange": "ExchangeTests; its commands are the calls that are made here, in another frame",
  ]

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
    guard seeds.count >= 50 else { return }
    // The first fifty had 236 kinds; what is added to them later may make them meet a few less.
    #expect(kinds.count >= 225, "\(kinds.sorted())")
    let changes = Set(try SchemaText().methods.filter(\.isChange).map(\.descriptor.method))
    let called = changes.filter { method in kinds.contains { $0.hasPrefix("\(method)Request ") } }
    #expect(
      called == changes.subtracting(Self.leftOut.keys),
      "\(called.symmetricDifference(changes).sorted())")
    #expect(changes.isSuperset(of: Self.leftOut.keys))
  }

  /// One life, and the kinds of calls and outcomes that were in it.
  private func live(_ seed: UInt64, beside kind: World.StoreKind) async throws -> Set<String> {
    let oracle = try await History(.memory, seed: seed)
    let subject = try await History(kind, seed: seed)
    let store = try #require(
      subject.world.store as? SQLStore ?? (subject.world.store as? SettledStore)?.inner)
    var kinds: Set<String> = []
    for number in 1...Self.stepCount {
      let (expected, found) = (try await oracle.step(), try await subject.step())
      guard found == expected else {
        Issue.record("seed \(seed), step \(number)\noracle: \(expected)\n\(kind): \(found)")
        return kinds
      }
      kinds.insert(HistoryTests.kind(of: found))
      var broken = try await store.breaches(of: Law.all) + store.missingHolds()
      if number.isMultiple(of: Self.checkedStepCount) {
        // What is signed now is looked at again each time, so that nothing before it may change.
        broken += try await store.checkLog()
        try await subject.world.desk.makeCheckpoint()
        broken += try await store.checkLog()
      }
      guard broken.isEmpty else {
        Issue.record("seed \(seed), step \(number), after \(found): \(broken)")
        return kinds
      }
    }
    let difference = try await subject.traces().difference(from: oracle.traces())
    #expect(difference.isEmpty, "seed \(seed): \(difference)")
    return kinds
  }
}
