/// The facts of some days, ready to be counted.
struct FactCounts {
  private let groups: [Measure: [FactGroup]]

  init(_ groups: [FactGroup]) {
    self.groups = Dictionary(grouping: groups, by: \.measure)
  }

  /// How many of a measure there are.
  func total(_ measure: Measure) -> Int { sum(groups[measure] ?? []) }

  /// How many there are of each key.
  func counts(_ measure: Measure, by dimension: Dimension, _ keys: [String]) -> [Int] {
    let byKey = Dictionary(grouping: groups[measure] ?? []) { $0.values[dimension] ?? "" }
    return keys.map { sum(byKey[$0] ?? []) }
  }

  /// Every key that facts of a measure have.
  func keys(_ measure: Measure, of dimension: Dimension) -> Set<String> {
    Set((groups[measure] ?? []).map { $0.values[dimension] ?? "" })
  }

  /// The facts of a measure with one value.
  func narrowed(_ measure: Measure, _ dimension: Dimension, to key: String) -> FactCounts {
    FactCounts((groups[measure] ?? []).filter { ($0.values[dimension] ?? "") == key })
  }

  /// A percentile by nearest rank, of facts whose number is what is measured.
  func percentile(_ percent: Int, of key: String, _ dimension: Dimension) -> Figure {
    let found = (groups[.medianDays] ?? []).filter { $0.values[dimension] == key }
    let cohort = found.reduce(0) { $0 + $1.count }
    guard cohort > 0 else { return .missing }
    guard cohort >= ReportPlan.cohortMin else { return .suppressed }
    let rank = (cohort * percent + 99) / 100
    var passed = 0
    for group in found.sorted(by: { $0.number < $1.number }) {
      passed += group.count
      if passed >= rank { return .published(group.number) }
    }
    return .missing
  }

  /// What a fact takes back was counted on the same day, so that no sum is below 0.
  private func sum(_ groups: [FactGroup]) -> Int {
    max(0, groups.reduce(0) { $0 + $1.number * $1.count })
  }
}
