import Testing

@testable import Domain

/// Measures that count parts of each other: neither gives away what the other hides.
@Suite struct NestedReportTests {
  /// What is published of one month of measures, each by the same two keys.
  private static func view(
    _ measures: [(Measure, [Int])], by dimension: Dimension, threshold: Int
  ) -> [[Int?]] {
    let keys = ["a", "b", "c"]
    let maker = ReportMaker(
      keys: ReportKeys(offices: [], pathways: [], partners: []), threshold: threshold)
    let facts = measures.flatMap { measure, counts in
      zip(keys, counts).map {
        FactGroup(measure: measure, number: 1, values: [dimension: $0], count: $1)
      }
    }
    let plan = measures.map { ReportPlan.Entry(measure: $0.0, dimension: dimension) }
    return maker.month(facts, plan).map { $0.rows.map(\.figure.value) + [$0.total.value] }
  }

  /// All rows of numbers of which none is more than that of another row.
  private static func rows(under most: [Int]) -> [[Int]] {
    most.reduce([[]]) { rows, most in rows.flatMap { row in (0...most).map { row + [$0] } } }
  }

  private static func table(_ rows: [[Int]]) -> [[Int]] { rows.map { $0 + [$0.reduce(0, +)] } }

  @Test(
    "who tries out everything that fits two measures finds no hidden figure of either",
    arguments: [
      (keys: 2, sum: 9, threshold: 3), (keys: 3, sum: 7, threshold: 3),
      (keys: 2, sum: 10, threshold: 4),
    ])
  func pairs(_ shape: (keys: Int, sum: Int, threshold: Int)) {
    var attack = SuppressionTests.Attack()
    for offered in SuppressionTests.rows(of: shape.keys, upTo: shape.sum) {
      for confirmed in Self.rows(under: offered) {
        attack.add(
          Self.table([offered, confirmed]),
          Self.view(
            [(.offered, offered), (.confirmed, confirmed)], by: .office,
            threshold: shape.threshold),
          isTested: offered.reduce(0, +) < shape.sum - 1)
      }
    }
    #expect(attack.expectAmbiguity("\(shape)", allowsZeros: true) > 20)
  }

  @Test("nor of three, of which two are parts of the first")
  func siblings() {
    var attack = SuppressionTests.Attack()
    let sum = 8
    for sent in SuppressionTests.rows(of: 2, upTo: sum) {
      for accepted in Self.rows(under: sent) {
        for rejected in Self.rows(under: zip(sent, accepted).map { $0 - $1 }) {
          attack.add(
            Self.table([sent, accepted, rejected]),
            Self.view(
              [
                (.referralsSent, sent), (.referralsAccepted, accepted),
                (.referralsRejected, rejected),
              ], by: .partner, threshold: 3), isTested: sent.reduce(0, +) < sum - 1)
        }
      }
    }
    #expect(attack.expectAmbiguity("siblings", allowsZeros: true) > 20)
  }

  @Test("what is hidden of the larger measure is not shown as the smaller one")
  func hiddenKey() {
    // Everybody was invited: 26 of the second would say 26 were submitted, and 4 of the first.
    let view = Self.view(
      [(.submitted, [4, 26, 70]), (.invited, [4, 26, 30])], by: .language, threshold: 11)
    #expect(view[0].suffix(4) == [nil, nil, 70, 100])
    #expect(view[1].suffix(4) == [nil, nil, 30, 60])
    // And where nobody of the first was, 26 of the second must be hidden all the same, and with the zero.
    let rest = Self.view(
      [(.submitted, [4, 26, 70]), (.invited, [0, 26, 30])], by: .language, threshold: 11)
    #expect(rest[1].suffix(4) == [nil, nil, 30, 56])
  }

  @Test("who leaves a department is hidden where who came is")
  func crossed() throws {
    let maker = ReportMaker(keys: ReportKeys(offices: [], pathways: [], partners: []))
    func facts(_ measure: Measure, _ department: String, _ count: Int) -> [FactGroup] {
      ["OTHER", "PRIVACY"].map { reason in
        FactGroup(
          measure: measure, number: 1, values: [.department: department, .reason: reason],
          count: count / 2)
      }
    }
    let all = [
      facts(.submitted, "GT-09", 4), facts(.submitted, "GT-13", 30), facts(.submitted, "GT-16", 90),
      facts(.withdrawn, "GT-13", 30), facts(.withdrawn, "GT-16", 60),
    ].flatMap { $0 }
    let month = ReportMaker.Month(facts: all, grids: maker.month(all))
    let grids = maker.whole([month])
    let came = try #require(
      grids.first { $0.measure == .submitted && $0.dimension == .department })
    #expect(came.figure(of: "GT-13") == .suppressed)
    let left = try #require(grids.first { $0.measure == .withdrawn })
    #expect(left.total == .published(90))
    let row = left.rows.first { $0.key == "GT-13" && $0.secondKey.isEmpty }
    #expect(row?.figure == .suppressed)
  }
}
