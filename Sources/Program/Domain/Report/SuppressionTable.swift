/// Counts with their sums, of which some are hidden so that nobody can tell the small ones (INV-18).
///
/// Each row ends with its total, and the last row has the totals of the columns. Whoever knows what is
/// shown knows the hidden cells of a row or column together; so they are two or more, together they
/// count ``threshold`` or more, and each of them could have another value than it has.
///
/// A table of one kind of figures over several months is the same thing: months are rows, and the last
/// row is the whole time.
struct SuppressionTable {
  /// The smallest count above 0 that may be shown: 11 (domain § 14).
  static let threshold = 11

  /// One count.
  struct Cell {
    var value: Int
    var isHidden = false
    /// Whether it is still ours to hide; not in what was published before.
    var isOpen = true
    /// The least and the most that it can be, for all that is known of a hidden one from elsewhere;
    /// nil for what follows from the rules.
    var low: Int?
    var high: Int?
  }

  /// A row or a column.
  enum Line {
    case row(Int)
    case column(Int)
  }

  /// A place in the table.
  struct Place: Hashable {
    var row: Int
    var column: Int
  }

  let threshold: Int
  /// How many rows and columns without their totals.
  let rowCount: Int
  let columnCount: Int
  /// Whether the totals of columns are known to anybody; else only the rows' are.
  let hasColumnTotals: Bool
  private(set) var cells: [[Cell]]
  /// Whether some zeros of ours are hidden to protect others; what is hidden stays so.
  private(set) var hidesZeros = false

  /// - Parameter parts: the counts without totals, one or more rows of one or more
  init(
    _ parts: [[Int]], hasColumnTotals: Bool = true, threshold: Int = SuppressionTable.threshold
  ) {
    self.threshold = threshold
    self.hasColumnTotals = hasColumnTotals
    rowCount = parts.count
    columnCount = parts.first?.count ?? 0
    var rows = parts.map { row in (row + [row.reduce(0, +)]).map { Cell(value: $0) } }
    let totals = (0...columnCount).map { column in rows.reduce(0) { $0 + $1[column].value } }
    rows.append(
      totals.map { value in
        guard !hasColumnTotals else { return Cell(value: value) }
        return Cell(value: value, isHidden: true, isOpen: false, low: .min)
      })
    cells = rows
  }

  subscript(place: Place) -> Cell {
    get { cells[place.row][place.column] }
    set {
      cells[place.row][place.column] = newValue
      if newValue.isOpen, newValue.isHidden, newValue.value == 0 { hidesZeros = true }
    }
  }

  /// All places.
  var places: [Place] {
    (0...rowCount).flatMap { row in (0...columnCount).map { Place(row: row, column: $0) } }
  }

  /// The places of a line, its total last.
  func places(of line: Line) -> [Place] {
    switch line {
    case .row(let row): (0...columnCount).map { Place(row: row, column: $0) }
    case .column(let column): (0...rowCount).map { Place(row: $0, column: column) }
    }
  }

  /// The lines of which everybody can take the sum.
  var lines: [Line] {
    guard hasColumnTotals else { return (0..<rowCount).map { .row($0) } }
    return (0...rowCount).map { .row($0) } + (0...columnCount).map { .column($0) }
  }
}
