import Domain
import Storage
import StoreSamples
import Testing

@Suite struct ReportStoreTests {
  private static func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

  private static func fact(
    _ day: String, _ program: ProgramID?, _ measure: Measure = .offered, _ number: Int = 1,
    _ values: [Dimension: String] = [:]
  ) throws -> Fact {
    Fact(
      day: try Self.day(day), program: program, measure: measure, number: number, values: values)
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `facts of some days are had in groups that are alike`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let program = maker.world.program.id
      let full = Dictionary(
        uniqueKeysWithValues: Dimension.allCases.map { ($0, "value of \($0.name)") })
      let facts = [
        try Self.fact("2023-06-12", program), try Self.fact("2023-06-30", program),
        try Self.fact("2023-06-11", program), try Self.fact("2023-07-01", program),
        try Self.fact("2023-06-20", ProgramID(checked: "other")),
        try Self.fact("2023-06-20", nil, .denials, 1, [.partner: "gt-igm"]),
        try Self.fact("2023-06-20", program, .medianDays, 4, full),
        try Self.fact("2023-06-21", program, .medianDays, 5, full),
        try Self.fact("2023-06-21", program, .seatsOffered, -30, [.office: "gt-xel-01"]),
      ]
      try await store.write { tx in for fact in facts { try tx.append(fact) } }
      let found = try await store.read {
        try $0.factGroups(
          of: program, from: Self.day("2023-06-12"), before: Self.day("2023-07-01"))
      }
      #expect(
        Set(found) == [
          FactGroup(measure: .offered, number: 1, values: [:], count: 2),
          FactGroup(measure: .denials, number: 1, values: [.partner: "gt-igm"], count: 1),
          FactGroup(measure: .medianDays, number: 4, values: full, count: 1),
          FactGroup(measure: .medianDays, number: 5, values: full, count: 1),
          FactGroup(
            measure: .seatsOffered, number: -30, values: [.office: "gt-xel-01"], count: 1),
        ])
      #expect(found.count == 5)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a release is kept as it was made, once per number, the latest first`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let program = maker.world.program.id
      let releases = try (1...3).map { number in
        ReportRelease(
          number: number, releaseTime: StoredWorld.opening + .days(30 * number),
          report: PilotReport(
            program: program,
            period: ReportPeriod(
              start: try Self.day("2023-06-12"), end: try Self.day("2023-07-01"), isWhole: false),
            pilotDay: 19,
            grids: [
              ReportGrid(
                measure: .withdrawn, dimension: .department, secondDimension: .reason,
                rows: [
                  .init(key: "GT-09", secondKey: "PRIVACY", figure: .suppressed),
                  .init(key: "GT-09", figure: .published(number)),
                ], total: .missing)
            ]), digest: try maker.digest())
      }
      try await store.write { tx in for release in releases { try tx.insert(release) } }
      let all = try await store.read { try $0.reportReleases(of: program, before: nil, limit: 2) }
      #expect(all == Page(items: [releases[2], releases[1]], hasMore: true))
      let rest = try await store.read { try $0.reportReleases(of: program, before: 2, limit: 2) }
      #expect(rest == Page(items: [releases[0]], hasMore: false))
      #expect(
        try await store.read { try $0.reportRelease(of: program, number: 2) } == releases[1])
      #expect(try await store.read { try $0.reportRelease(of: program, number: 4) } == nil)
      var again = releases[0]
      again.report.grids = []
      await #expect(throws: StoreError.conflict(.identifier)) {
        try await store.write { [again] in try $0.insert(again) }
      }
      #expect(
        try await store.read { try $0.reportRelease(of: program, number: 1) } == releases[0])
    }
  }
}
