import Testing

@testable import Domain

/// The whole pilot beside its months: neither gives away what the other hides.
@Suite struct WholeReportTests {
  private static let plan = [ReportPlan.Entry(measure: .offered, dimension: .office)]

  /// Offers by office, a row a month.
  private static func facts(_ counts: [Int]) -> [FactGroup] {
    zip(["a", "b", "c"], counts).filter { $1 > 0 }.map { office, count in
      FactGroup(measure: .offered, number: 1, values: [.office: office], count: count)
    }
  }

  private static func figures(_ grids: [ReportGrid]) -> [Int?] {
    grids.flatMap { $0.rows.map(\.figure.value) + [$0.total.value] }
  }

  /// What is published of some months and of all of them.
  private static func view(_ months: [[Int]], threshold: Int) -> [[Int?]] {
    let offices = Array(["a", "b", "c"].prefix(months[0].count))
    let maker = ReportMaker(
      keys: ReportKeys(offices: offices, pathways: [], partners: []), threshold: threshold)
    let published = months.map { counts in
      ReportMaker.Month(facts: facts(counts), grids: maker.month(facts(counts), plan))
    }
    return published.map { figures($0.grids) } + [figures(maker.whole(published, plan))]
  }

  @Test(
    "who tries out everything that fits all reports finds no hidden figure",
    arguments: [
      (months: 2, offices: 2, sum: 10, threshold: 3), (months: 3, offices: 2, sum: 7, threshold: 3),
      (months: 2, offices: 3, sum: 7, threshold: 3),
    ])
  func everyPilot(_ shape: (months: Int, offices: Int, sum: Int, threshold: Int)) {
    var attack = SuppressionTests.Attack()
    for numbers in SuppressionTests.rows(of: shape.months * shape.offices, upTo: shape.sum) {
      let months = (0..<shape.months).map { month in
        Array(numbers[(month * shape.offices)..<((month + 1) * shape.offices)])
      }
      attack.add(
        SuppressionTable(months).cells.map { $0.map(\.value) },
        Self.view(months, threshold: shape.threshold),
        isTested: numbers.reduce(0, +) < shape.sum - 1)
    }
    #expect(attack.expectAmbiguity("\(shape)") > 20)
  }

  /// What is published of some months and of all of them, of a measure whose months have a total alone.
  ///
  /// - Parameter months: of each the counts of two pathways with two outcomes each
  private static func crossView(_ months: [[Int]], threshold: Int) -> [[Int?]] {
    let maker = ReportMaker(
      keys: ReportKeys(offices: [], pathways: ["a"], partners: []), threshold: threshold)
    let plan = ReportPlan.whole.filter { $0.measure == .outcomes || $0.measure == .duplicatesHeld }
    let published = months.map { counts in
      let keys = [("a", "DEPARTED"), ("a", "NONE"), ("NONE", "DEPARTED"), ("NONE", "NONE")]
      var facts = zip(keys, counts).filter { $1 > 0 }.map { key, count in
        FactGroup(
          measure: .outcomes, number: 1, values: [.pathway: key.0, .outcome: key.1], count: count)
      }
      let total = counts.reduce(0, +)
      if total > 0 {
        facts.append(FactGroup(measure: .duplicatesHeld, number: 1, values: [:], count: total))
      }
      let plan = plan.map { ReportPlan.Entry(measure: $0.measure) }
      return ReportMaker.Month(facts: facts, grids: maker.month(facts, plan))
    }
    return published.map { figures($0.grids) } + maker.whole(published, plan).map { figures([$0]) }
  }

  @Test(
    "nor of a measure whose months have a total alone",
    arguments: [
      (months: 2, sum: 8, threshold: 3), (months: 3, sum: 8, threshold: 3),
      (months: 2, sum: 9, threshold: 4),
    ])
  func totalsAlone(_ shape: (months: Int, sum: Int, threshold: Int)) {
    var attack = SuppressionTests.Attack()
    for totals in SuppressionTests.rows(of: shape.months, upTo: shape.sum) {
      // All of a month in one cell: what cells tell of each other is tested above.
      let view = Self.crossView(totals.map { [$0, 0, 0, 0] }, threshold: shape.threshold)
      let whole = totals.reduce(0, +)
      attack.add(
        totals.map { [$0, $0] } + [[whole]],
        view.prefix(shape.months) + [[view[shape.months].last ?? nil]],
        isTested: whole < shape.sum - 1)
    }
    #expect(attack.expectAmbiguity("\(shape)") > 5)
  }

  @Test("hidden months that can only be all ten, or all one, hide the whole")
  func extremes() {
    for (months, isShown) in [
      ([10, 10], false), ([10, 9], true), ([10, 10, 10], false), ([10, 10, 9, 40], true),
      (Array(repeating: 1, count: 11), false), (Array(repeating: 1, count: 10) + [2], true),
    ] {
      let view = Self.crossView(months.map { [$0, 0, 0, 0] }, threshold: 11)
      let total = months.reduce(0, +)
      // Outcomes by pathway and outcome, and duplicates as a total alone.
      for whole in view.suffix(2) { #expect(whole.last == (isShown ? total : nil), "\(months)") }
    }
  }

  @Test("a month that is hidden cannot be had by taking the others from the whole")
  func difference() {
    // Office a: 20 and 5. Its whole would say 5.
    let view = Self.view([[20, 30], [5, 40]], threshold: 11)
    #expect(view[0] == [20, 30, 50])
    #expect(view[1] == [nil, nil, 45])
    #expect(view[2] == [nil, nil, 95])
  }

  @Test("several hidden months that are many together are shown together")
  func together() {
    let view = Self.view([[6, 30], [7, 40], [20, 50]], threshold: 11)
    #expect(view[0] == [nil, nil, 36])
    #expect(view[1] == [nil, nil, 47])
    #expect(view[2] == [20, 50, 70])
    #expect(view[3] == [33, 120, 153])
  }

  @Test("a total that was hidden in one month hides the whole measure")
  func hiddenTotal() {
    let view = Self.view([[20, 30], [2, 2]], threshold: 11)
    #expect(view[1] == [nil, nil, nil])
    #expect(view[2] == [nil, nil, nil])
  }

  @Test("two dimensions are suppressed along both margins")
  func crossed() throws {
    let maker = ReportMaker(keys: ReportKeys(offices: [], pathways: [], partners: []))
    func leaving(_ department: String, _ reason: String, _ count: Int) -> FactGroup {
      FactGroup(
        measure: .withdrawn, number: 1, values: [.department: department, .reason: reason],
        count: count)
    }
    let facts = [
      leaving("GT-09", "PRIVACY", 4), leaving("GT-09", "OTHER", 40),
      leaving("GT-13", "PRIVACY", 30), leaving("GT-13", "OTHER", 50),
      leaving("GT-16", "PRIVACY", 20), leaving("GT-16", "OTHER", 60),
    ]
    let month = ReportMaker.Month(facts: facts, grids: maker.month(facts))
    let grid = try #require(maker.whole([month]).first { $0.measure == .withdrawn })
    #expect(grid.dimension == .department && grid.secondDimension == .reason)
    func figure(_ key: String, _ second: String) -> Figure? {
      grid.rows.first { $0.key == key && $0.secondKey == second }?.figure
    }
    #expect(grid.total == .published(204))
    #expect(figure("GT-09", "PRIVACY") == .suppressed)
    #expect(figure("GT-09", "OTHER") == .suppressed)
    #expect(figure("GT-09", "") == .published(44))
    #expect(figure("", "PRIVACY") == .published(54))
    #expect(figure("GT-01", "PRIVACY") == .published(0))
    let hidden = grid.rows.filter { $0.figure == .suppressed }
    #expect(hidden.count == 4)
  }
}
