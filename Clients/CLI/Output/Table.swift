/// Text in columns, two spaces apart.
struct Table {
  var header: [String]?
  var rows: [[String]]
  /// Columns of the terminal; nil for as wide as it needs.
  var widthMax: Int?
  /// The header in bold (ECMA-48, SGR 1).
  var isHeaderBold = false

  private static let gap = 2
  /// A column is cut no shorter than this.
  private static let columnWidthMin = 8

  /// The lines, without spaces at their ends.
  var lines: [String] {
    let widths = columnWidths
    let head = header.map { line($0, widths) }.map { isHeaderBold ? "\u{1B}[1m\($0)\u{1B}[0m" : $0 }
    return (head.map { [$0] } ?? []) + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (cell, width) in zip(cells, widths) {
      let shown = DisplayWidth.cut(cell, to: width)
      text += shown
      text += String(repeating: " ", count: width - DisplayWidth.of(shown) + Self.gap)
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// What each column needs; if that is too much, columns give way from the right, where the less
  /// important ones are. The first one never does: it has the names that the next command needs.
  private var columnWidths: [Int] {
    let all = (header.map { [$0] } ?? []) + rows
    let columnCount = all.map(\.count).max() ?? 0
    var widths = (0..<columnCount).map { column in
      all.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
    }
    guard let widthMax else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * max(0, columnCount - 1) - widthMax
    for column in widths.indices.dropFirst().reversed() where excess > 0 {
      let given = min(excess, max(0, widths[column] - Self.columnWidthMin))
      widths[column] -= given
      excess -= given
    }
    return widths
  }
}
