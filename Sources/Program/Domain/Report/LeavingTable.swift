/// Registrations by department and reason to leave, beside the registrations submitted by department.
///
/// A registration may give several reasons, or none. So the reasons of a department do not add up to its
/// registrations, but each reason with those who did not give it does: whoever takes 98 who gave one from
/// 100 registrations has told of two people. And where nearly everybody gives exactly one, all reasons
/// nearly add up. A cell is hidden so that both ways fail: along the reasons of a department as if their
/// sum were known, and for each reason along with those who did not give it.
///
/// A department whose registrations are hidden shows nothing here: any count would be a least for what
/// is hidden. Such departments are one row together, of which only the sum can be had, and of whose
/// registrations only the sum too.
struct LeavingTable {
  /// One department.
  struct Department {
    /// Its registrations.
    var size: Int
    /// Whether they are published.
    var isShown: Bool
    /// Those who gave each reason.
    var counts: [Int]
  }

  private let departments: [Department]
  private let threshold: Int
  /// Departments in which there is something to hide; those that are hidden are the last one together.
  private let rows: [Department]
  /// The row of each department that has one of its own.
  private let rowOf: [Int: Int]
  /// What of the rows is hidden; behind them the totals of the reasons.
  private var isHidden: [[Bool]]

  /// - Parameters:
  ///   - reasonCount: how many reasons there are
  ///   - isShown: whether the total of registrations is published; else nothing is
  init(_ departments: [Department], reasonCount: Int, isShown: Bool, threshold: Int) {
    self.departments = departments
    self.threshold = threshold
    var rows: [Department] = []
    var rowOf: [Int: Int] = [:]
    var others = Department(
      size: 0, isShown: false, counts: Array(repeating: 0, count: reasonCount))
    for (index, department) in departments.enumerated() where department.size > 0 {
      if department.isShown {
        rowOf[index] = rows.count
        rows.append(department)
      } else {
        others.size += department.size
        others.counts = zip(others.counts, department.counts).map { $0 + $1 }
      }
    }
    if others.size > 0 { rows.append(others) }
    (self.rows, self.rowOf) = (rows, rowOf)
    isHidden = Array(
      repeating: Array(repeating: !isShown, count: reasonCount), count: rows.count + 1)
    if isShown, !rows.isEmpty { protect() }
  }

  /// What is published of a department, by reason.
  func figures(of department: Int) -> [Figure] {
    let counts = departments[department].counts
    guard departments[department].isShown else { return counts.map { _ in .suppressed } }
    // Where it is said that nobody has registered, nobody has given a reason.
    guard let row = rowOf[department] else { return counts.map { .published($0) } }
    return figures(counts, isHidden: isHidden[row])
  }

  /// What is published of all departments together, by reason.
  var totals: [Figure] { figures(sums, isHidden: isHidden[rows.count]) }

  private func figures(_ counts: [Int], isHidden: [Bool]) -> [Figure] {
    zip(counts, isHidden).map { $1 ? .suppressed : .published($0) }
  }

  private var reasonCount: Int { isHidden[0].count }
  private var sums: [Int] {
    (0..<reasonCount).map { reason in rows.reduce(0) { $0 + $1.counts[reason] } }
  }
  /// The registrations of each row, and of all.
  private var sizes: [Int] { rows.map(\.size) + [rows.reduce(0) { $0 + $1.size }] }

  /// Hides what has to be hidden.
  private mutating func protect() {
    while true {
      let before = isHidden
      guard protectReasons() else {
        isHidden = isHidden.map { $0.map { _ in true } }
        return
      }
      for reason in 0..<reasonCount where !isHidden.allSatisfy({ $0[reason] }) {
        protectOthers(of: reason)
      }
      if isHidden == before { return }
    }
  }

  /// All reasons of a department, with a sum that somebody may guess. Where that is small nobody can:
  /// most have given no reason.
  private mutating func protectReasons() -> Bool {
    var table = SuppressionTable(rows.map(\.counts), threshold: threshold)
    for (row, size) in sizes.enumerated() {
      let sum = table.cells[row][reasonCount].value
      table.fixTotal(row: row, isHidden: (1..<threshold).contains(sum))
      for reason in 0..<reasonCount {
        let place = SuppressionTable.Place(row: row, column: reason)
        table[place].isHidden = isHidden[row][reason]
        table[place].high = max(table[place].value, size - 1)
      }
    }
    guard table.protect() else { return false }
    isHidden = table.cells.map { cells in cells.prefix(reasonCount).map(\.isHidden) }
    return true
  }

  /// Those who gave a reason, with those who did not: hidden together, since the sum is known.
  private mutating func protectOthers(of reason: Int) {
    let parts = rows.map { [$0.counts[reason], $0.size - $0.counts[reason]] }
    var table = SuppressionTable(parts, threshold: threshold)
    for row in 0...rows.count {
      table.fixTotal(row: row, isHidden: false)
      for column in 0...1 where isHidden[row][reason] {
        table[SuppressionTable.Place(row: row, column: column)].isHidden = true
      }
    }
    let isProtected = table.protect()
    for (row, cells) in table.cells.enumerated() {
      isHidden[row][reason] = !isProtected || cells[0].isHidden || cells[1].isHidden
    }
  }
}

extension ReportMaker {
  /// The reasons to leave, beside the submissions by department as they are published in the same report.
  func leavingGrid(
    _ entry: ReportPlan.Entry, _ all: FactCounts, beside grids: [ReportGrid]
  ) -> ReportGrid {
    let reasons = rowKeys(.leaving, .reason, [all])
    let departments = rowKeys(.submitted, .department, [all])
    let submitted = grids.first { $0.measure == .submitted && $0.dimension == .department }
    let sizes = all.counts(.submitted, by: .department, departments)
    let table = LeavingTable(
      zip(departments, sizes).map { department, size in
        LeavingTable.Department(
          size: size, isShown: submitted?.figure(of: department)?.value != nil,
          counts: all.narrowed(.leaving, .department, to: department)
            .counts(.leaving, by: .reason, reasons))
      }, reasonCount: reasons.count, isShown: submitted?.total.value != nil, threshold: threshold)
    func rows(_ department: String, _ figures: [Figure]) -> [ReportGrid.Row] {
      zip(reasons, figures).map { .init(key: department, secondKey: $0, figure: $1) }
    }
    let parts = departments.enumerated().flatMap { rows($1, table.figures(of: $0)) }
    return ReportGrid(
      measure: entry.measure, dimension: entry.dimension, secondDimension: entry.second,
      rows: parts + rows("", table.totals), total: .missing)
  }
}
