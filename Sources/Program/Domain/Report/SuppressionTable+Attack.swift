// What somebody can find out who knows the rules and everything that is shown.
extension SuppressionTable {
  /// Whether a hidden cell could have another value, everything shown being as it is.
  ///
  /// Cells that change together keep all sums when they lie on a closed way through the table that goes
  /// along rows and columns in turn, one more here and one less there; and every other table of the
  /// same sums is this one after some such ways (the cells are a flow between rows and columns).
  func canChange(_ place: Place) -> Bool {
    Direction.allCases.contains { hasWay(from: place, $0) }
  }

  /// Whether the amount at a place goes up or down. The totals count against their parts, so that every
  /// line sums up to nothing.
  private enum Direction: CaseIterable {
    case up, down

    var opposite: Direction { self == .up ? .down : .up }
  }

  /// Whether a change of a cell can be made up for.
  private func hasWay(from start: Place, _ direction: Direction) -> Bool {
    guard can(direction, start) else { return false }
    var seenRows: Set<Int> = []
    var seenColumns: Set<Int> = [start.column]
    var columns = [start.column]
    while let column = columns.popLast() {
      for row in 0...rowCount where !seenRows.contains(row) {
        let place = Place(row: row, column: column)
        guard place != start, can(direction.opposite, place) else { continue }
        if row == start.row { return true }
        seenRows.insert(row)
        for next in 0...columnCount
        where !seenColumns.contains(next) && can(direction, Place(row: row, column: next)) {
          seenColumns.insert(next)
          columns.append(next)
        }
      }
    }
    return false
  }

  /// Whether a cell can be one more, or less, in the amounts that sum up to nothing.
  private func can(_ direction: Direction, _ place: Place) -> Bool {
    let cell = self[place]
    guard cell.isHidden else { return false }
    let isTotal = (place.row == rowCount) != (place.column == columnCount)
    // A total counts against its parts; the total of totals with them again.
    let grows = (direction == .up) != isTotal
    return grows ? cell.high.map { cell.value < $0 } ?? true : cell.value > low(of: cell)
  }

  /// The least that a hidden cell can be: a zero is shown, unless some are hidden to protect others.
  private func low(of cell: Cell) -> Int {
    if let low = cell.low { return low }
    return hidesZeros ? 0 : 1
  }
}
