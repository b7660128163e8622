/// Text in columns, two spaces apart.
struct Table {
  let header: [String]?
  let rows: [[String]]

  /// The lines, without spaces at their ends.
  var text: String {
    let lines = (header.map { [$0] } ?? []) + rows
    let columnCount = lines.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      lines.map { $0.count > column ? Self.width(of: $0[column]) : 0 }.max() ?? 0
    }
    return lines.map { line in
      var text = ""
      for (column, cell) in line.enumerated() {
        text += cell
        let gap = widths[column] - Self.width(of: cell) + 2
        if column < line.count - 1 { text += String(repeating: " ", count: gap) }
      }
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  /// How many columns of a terminal a text takes: marks take none, wide characters two.
  static func width(of text: String) -> Int {
    text.reduce(0) { width, character in
      guard let scalar = character.unicodeScalars.first else { return width }
      let isWide =
        (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
        || (0xAC00...0xD7A3).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
        || (0xFE30...0xFE6F).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
        || scalar.properties.isEmojiPresentation
      return width + (isWide ? 2 : 1)
    }
  }
}
