extension ReportMaker {
  /// One month of the whole time: what happened in it, and what of that was published.
  public struct Month: Sendable {
    var facts: [FactGroup]
    var grids: [ReportGrid]

    /// A month and its published report.
    public init(facts: [FactGroup], grids: [ReportGrid]) {
      self.facts = facts
      self.grids = grids
    }
  }

  /// The grids of the whole time, such that no month's figures can be derived from them either.
  ///
  /// - Parameter months: all of its months, as they were published
  public func whole(_ months: [Month]) -> [ReportGrid] { whole(months, ReportPlan.whole) }

  func whole(_ months: [Month], _ plan: [ReportPlan.Entry]) -> [ReportGrid] {
    let counts = months.map { FactCounts($0.facts) }
    let all = FactCounts(months.flatMap(\.facts))
    let (leaving, plan) = (plan.filter(\.isLeaving), plan.filter { !$0.isLeaving })
    let told = plan.map(\.measure).filter { isTotalHidden($0, months, counts) }
    let grids = settled(plan, hidden: Set(told)) { entry, isHidden, larger in
      entry.second == nil
        ? wholeGrid(entry, months, counts, all, isHidden: isHidden, under: larger)
        : crossGrid(entry, all, isHidden: isHidden, under: larger)
    }
    return grids + leaving.map { leavingGrid($0, all, beside: grids) }
  }

  /// Whether the total would say what a month's hidden total was, or is small itself.
  ///
  /// Hidden totals are from 1 to the threshold, without it. Together they can be split up in one way only
  /// where there is one, where all are the least or all are the most.
  private func isTotalHidden(
    _ measure: Measure, _ months: [Month], _ counts: [FactCounts]
  ) -> Bool {
    let totals = counts.map { $0.total(measure) }
    let hidden = zip(months, totals).filter { month, _ in Self.isTotalHidden(measure, month.grids) }
    let unknown = hidden.reduce(0) { $0 + $1.1 }
    let isTold =
      !hidden.isEmpty
      && (hidden.count < 2 || unknown < threshold || unknown == hidden.count
        || unknown == hidden.count * (threshold - 1))
    return isTold || isSmall(totals.reduce(0, +))
  }

  /// Of a month that was not published nobody knows anything.
  private static func isTotalHidden(_ measure: Measure, _ grids: [ReportGrid]) -> Bool {
    grids.first { $0.measure == measure }.map { $0.total == .suppressed } ?? true
  }

  /// - Returns: nil when its cells cannot be protected while the total is shown
  private func wholeGrid(
    _ entry: ReportPlan.Entry, _ months: [Month], _ counts: [FactCounts], _ all: FactCounts,
    isHidden: Bool, under larger: ReportGrid?
  ) -> ReportGrid? {
    if let percent = entry.measure.percentile { return percentiles(entry, percent, all) }
    guard let dimension = entry.dimension else {
      let total = counts.reduce(0) { $0 + $1.total(entry.measure) }
      return ReportGrid(measure: entry.measure, total: isHidden ? .suppressed : .published(total))
    }
    let keys = rowKeys(entry.measure, dimension, counts)
    var table = SuppressionTable(
      counts.map { $0.counts(entry.measure, by: dimension, keys) }, threshold: threshold)
    for (row, month) in months.enumerated() {
      let grid = month.grids.first { $0.measure == entry.measure && $0.dimension == dimension }
      table.freeze(row: row, as: grid, keys)
    }
    table.fixTotal(row: table.rowCount, isHidden: isHidden)
    let last = table.rowCount
    nest(&table, entry, keys, under: larger, all) { .init(row: last, column: $0) }
    if isHidden {
      table.hideAll()
    } else {
      guard table.protect() else { return nil }
    }
    return grid(entry, keys, table, row: table.rowCount)
  }

  /// A grid of two dimensions, which no month has.
  ///
  /// - Returns: nil when its cells cannot be protected while the total is shown
  private func crossGrid(
    _ entry: ReportPlan.Entry, _ all: FactCounts, isHidden: Bool, under larger: ReportGrid?
  ) -> ReportGrid? {
    guard let dimension = entry.dimension, let second = entry.second else { return nil }
    let keys = rowKeys(entry.measure, dimension, [all])
    let secondKeys = rowKeys(entry.measure, second, [all])
    var table = SuppressionTable(
      keys.map {
        all.narrowed(entry.measure, dimension, to: $0)
          .counts(entry.measure, by: second, secondKeys)
      }, threshold: threshold)
    table.fixTotal(row: table.rowCount, isHidden: isHidden)
    let last = table.columnCount
    nest(&table, entry, keys, under: larger, all) { .init(row: $0, column: last) }
    if isHidden {
      table.hideAll()
    } else {
      guard table.protect() else { return nil }
    }
    return crossGrid(entry, keys, secondKeys, table)
  }

  private func crossGrid(
    _ entry: ReportPlan.Entry, _ keys: [String], _ secondKeys: [String], _ table: SuppressionTable
  ) -> ReportGrid {
    var rows: [ReportGrid.Row] = []
    for (key, cells) in zip(keys + [""], table.cells) {
      for (secondKey, cell) in zip(secondKeys + [""], cells) where key != "" || secondKey != "" {
        rows.append(ReportGrid.Row(key: key, secondKey: secondKey, figure: cell.figure))
      }
    }
    return ReportGrid(
      measure: entry.measure, dimension: entry.dimension, secondDimension: entry.second,
      rows: rows, total: table.cells.last?.last?.figure ?? .missing)
  }
}

extension SuppressionTable {
  /// Takes a row as it was published: nothing of it can be hidden, or shown, any more.
  ///
  /// - Parameter grid: the published figures; nil for none, of which nobody knows anything
  mutating func freeze(row: Int, as grid: ReportGrid?, _ keys: [String]) {
    let isTotalHidden = grid.map { $0.total == .suppressed } ?? true
    for (column, key) in (keys + [""]).enumerated() {
      let place = Place(row: row, column: column)
      let isTotal = column == columnCount
      // A key without a row came up later: then nothing had happened under it.
      let isHidden =
        isTotal ? isTotalHidden : grid.map { $0.figure(of: key) == .suppressed } ?? true
      self[place].isOpen = false
      self[place].isHidden = isHidden
      guard isHidden else { continue }
      // Where the total is hidden, zeros are too, and all together are few.
      self[place].low = isTotalHidden && !isTotal ? 0 : min(1, self[place].value)
      self[place].high = isTotalHidden && grid != nil ? threshold - 1 : nil
    }
  }
}
