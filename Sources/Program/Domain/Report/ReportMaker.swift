/// Makes a report of facts: what may be shown, and nothing else.
public struct ReportMaker: Sendable {
  let keys: ReportKeys
  let threshold: Int

  /// - Parameter keys: the rows that there always are
  public init(keys: ReportKeys) {
    self.init(keys: keys, threshold: SuppressionTable.threshold)
  }

  init(keys: ReportKeys, threshold: Int) {
    self.keys = keys
    self.threshold = threshold
  }

  /// The grids of one month.
  public func month(_ facts: [FactGroup]) -> [ReportGrid] { month(facts, ReportPlan.month) }

  func month(_ facts: [FactGroup], _ plan: [ReportPlan.Entry]) -> [ReportGrid] {
    let counts = FactCounts(facts)
    let small = plan.map(\.measure).filter { isSmall(counts.total($0)) }
    return settled(plan, hidden: Set(small)) { entry, isHidden, larger in
      monthGrid(entry, counts, isHidden: isHidden, under: larger)
    }
  }

  /// The grids of a plan. Where one cannot be protected while its total is shown, the total is hidden:
  /// it is in all of a measure's grids, so that all of them go with it.
  ///
  /// - Parameters:
  ///   - hidden: the measures whose totals are hidden in any case
  ///   - make: a grid, whether its total is hidden, and the grid of a larger measure; nil for one that
  ///     cannot be protected
  func settled(
    _ plan: [ReportPlan.Entry], hidden: Set<Measure>,
    _ make: (ReportPlan.Entry, Bool, ReportGrid?) -> ReportGrid?
  ) -> [ReportGrid] {
    var hidden = hidden
    while true {
      // A larger measure comes before those that are a part of it.
      let made = plan.reduce(into: [ReportGrid?]()) { made, entry in
        made.append(make(entry, hidden.contains(entry.measure), larger(than: entry, in: made)))
      }
      let unsafe = zip(plan, made).filter { $1 == nil }.map(\.0.measure)
      if unsafe.isEmpty { return made.compactMap(\.self) }
      hidden.formUnion(unsafe)
    }
  }

  /// Whether a total is one that must not be shown.
  func isSmall(_ total: Int) -> Bool { (1..<threshold).contains(total) }

  /// - Returns: nil when its cells cannot be protected while the total is shown
  private func monthGrid(
    _ entry: ReportPlan.Entry, _ counts: FactCounts, isHidden: Bool, under larger: ReportGrid?
  ) -> ReportGrid? {
    if let percent = entry.measure.percentile { return percentiles(entry, percent, counts) }
    let total = isHidden ? Figure.suppressed : .published(counts.total(entry.measure))
    guard let dimension = entry.dimension else {
      return ReportGrid(measure: entry.measure, total: total)
    }
    let keys = rowKeys(entry.measure, dimension, [counts])
    let values = counts.counts(entry.measure, by: dimension, keys)
    var table = SuppressionTable([values], hasColumnTotals: false, threshold: threshold)
    table.fixTotal(row: 0, isHidden: isHidden)
    nest(&table, entry, keys, under: larger, counts) { .init(row: 0, column: $0) }
    if isHidden {
      table.hideAll()
    } else {
      guard table.protect() else { return nil }
    }
    return grid(entry, keys, table, row: 0)
  }

  /// A grid whose rows are those of a table.
  func grid(
    _ entry: ReportPlan.Entry, _ keys: [String], _ table: SuppressionTable, row: Int
  ) -> ReportGrid {
    let figures = table.cells[row].map(\.figure)
    return ReportGrid(
      measure: entry.measure, dimension: entry.dimension,
      rows: zip(keys, figures).map { ReportGrid.Row(key: $0, figure: $1) },
      total: figures.last ?? .missing)
  }

  /// Days are no counts: small ones reveal nobody, small cohorts do.
  func percentiles(
    _ entry: ReportPlan.Entry, _ percent: Int, _ counts: FactCounts
  ) -> ReportGrid {
    let rows = keys.keys(of: .step, for: entry.measure).map {
      ReportGrid.Row(key: $0, figure: counts.percentile(percent, of: $0, .step))
    }
    return ReportGrid(measure: entry.measure, dimension: .step, rows: rows, total: .missing)
  }

  /// The keys of a grid; one that is on no list, such as an office that is gone, comes last.
  func rowKeys(
    _ measure: Measure, _ dimension: Dimension, _ counts: [FactCounts]
  ) -> [String] {
    let known = keys.keys(of: dimension, for: measure)
    let found = counts.reduce(into: Set<String>()) {
      $0.formUnion($1.keys(measure, of: dimension))
    }
    return known + found.subtracting(known).sorted()
  }
}

extension SuppressionTable {
  /// Settles whether a row's total is shown: it is the same in all grids of a measure.
  mutating func fixTotal(row: Int, isHidden: Bool) {
    let place = Place(row: row, column: columnCount)
    self[place].isOpen = false
    self[place].isHidden = isHidden
  }
}

extension SuppressionTable.Cell {
  /// The cell as it is published.
  var figure: Figure { isHidden ? .suppressed : .published(value) }
}
