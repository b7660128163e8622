import Testing

@testable import Domain

@Suite struct ReportTests {
  private static let keys = ReportKeys(
    offices: ["gt-xel-01"], pathways: ["USRAP"], partners: ["us-rsc"])

  private static func program(
    _ start: String = "2023-06-12", _ end: String = "2023-12-12", extended: String? = nil
  ) -> Program {
    var random = SplitMix64(seed: 1)
    var program = ReferenceData.pilot(at: Fixture.now, using: &random)
    program.pilotStart = Fixture.date(start)
    program.pilotEnd = Fixture.date(end)
    program.extendedEnd = extended.map(Fixture.date)
    return program
  }

  private static func text(_ periods: [ReportPeriod]) -> [String] {
    periods.map { "\($0.start)/\($0.lastDay)\($0.isWhole ? " whole" : "")" }
  }

  @Test("the periods are the pilot's months, the whole, and the same of the extension")
  func periods() {
    #expect(
      Self.text(Self.program().reportPeriods) == [
        "2023-06-12/2023-06-30", "2023-07-01/2023-07-31", "2023-08-01/2023-08-31",
        "2023-09-01/2023-09-30", "2023-10-01/2023-10-31", "2023-11-01/2023-11-30",
        "2023-12-01/2023-12-11", "2023-06-12/2023-12-11 whole",
      ])
    let extended = Self.program("2023-11-20", "2023-12-12", extended: "2024-01-15")
    #expect(
      Self.text(extended.reportPeriods) == [
        "2023-11-20/2023-11-30", "2023-12-01/2023-12-11", "2023-11-20/2023-12-11 whole",
        "2023-12-12/2023-12-31", "2024-01-01/2024-01-14", "2023-12-12/2024-01-14 whole",
      ])
    #expect(Self.program().pilotDay(of: Fixture.date("2023-06-12")) == 1)
    #expect(Self.program().pilotDay(of: Fixture.date("2023-12-11")) == 183)
  }

  @Test(
    "a percentile is of twenty cases or more, by nearest rank",
    arguments: [(0, Figure.missing), (19, .suppressed), (20, .published(10)), (21, .published(11))])
  func percentiles(_ count: Int, _ median: Figure) throws {
    let facts = (0..<count).map { day in
      FactGroup(measure: .medianDays, number: day + 1, values: [.step: "SCREENING"], count: 1)
    }
    let grids = ReportMaker(keys: Self.keys).month(facts)
    let days = try #require(grids.first { $0.measure == .medianDays })
    #expect(days.figure(of: "SCREENING") == median)
    #expect(days.figure(of: "INVITED") == .missing)
    #expect(days.total == .missing)
    let p90 = try #require(grids.first { $0.measure == .p90Days })
    if count == 20 { #expect(p90.figure(of: "SCREENING") == .published(18)) }
  }

  @Test("a total that is hidden is hidden in every grid of its measure")
  func totals() {
    let facts = [
      FactGroup(
        measure: .submitted, number: 1,
        values: [.sex: "FEMALE", .nationality: "GT", .language: "kek"], count: 7)
    ]
    let grids = ReportMaker(keys: Self.keys).month(facts).filter { $0.measure == .submitted }
    #expect(grids.count == 6)
    for grid in grids {
      #expect(grid.total == .suppressed)
      #expect(grid.rows.allSatisfy { $0.figure == .suppressed })
    }
  }

  @Test("every report has the same grids, whatever happened")
  func sameGrids() {
    let maker = ReportMaker(keys: Self.keys)
    let empty = maker.month([])
    #expect(empty.count == ReportPlan.month.count)
    // Reasons to leave are of the whole pilot only.
    #expect(Set(empty.map(\.measure)) == Set(Measure.allCases).subtracting([.leaving]))
    let whole = maker.whole([ReportMaker.Month(facts: [], grids: empty)])
    #expect(whole.map(\.measure) == ReportPlan.whole.map(\.measure))
    #expect(Set(whole.map(\.measure)) == Set(Measure.allCases))
    let seats = [
      FactGroup(
        measure: .seatsOffered, number: 30, values: [.office: "gt-xel-01"], count: 2),
      FactGroup(
        measure: .seatsOffered, number: -30, values: [.office: "gt-xel-01"], count: 1),
    ]
    let filled = maker.month(seats)
    #expect(filled.map(\.measure) == empty.map(\.measure))
    #expect(filled.first { $0.measure == .seatsOffered }?.total == .published(30))
    for grid in empty where grid.measure.percentile == nil {
      #expect(grid.total == .published(0))
    }
  }

  @Test("0, hidden and missing are three things in the file whose digest is released")
  func canonicalText() {
    let report = PilotReport(
      program: ReferenceData.pilotID,
      period: ReportPeriod(
        start: Fixture.date("2023-06-12"), end: Fixture.date("2023-07-01"), isWhole: false),
      pilotDay: 19,
      grids: [
        ReportGrid(
          measure: .offered, dimension: .office,
          rows: [
            .init(key: "gt-xel-01", figure: .published(0)),
            .init(key: "gt-gua-01", figure: .suppressed),
          ], total: .missing)
      ])
    #expect(
      report.canonicalText == """
        program,start_date,end_date,pilot_day,measure,dimension,key,second_dimension,second_key,\
        status,value
        programs/gt-pilot-2023,2023-06-12,2023-06-30,19,OFFERED,OFFICE,gt-xel-01,,,PUBLISHED,0
        programs/gt-pilot-2023,2023-06-12,2023-06-30,19,OFFERED,OFFICE,gt-gua-01,,,SUPPRESSED,
        programs/gt-pilot-2023,2023-06-12,2023-06-30,19,OFFERED,OFFICE,,,,MISSING,

        """)
  }
}
