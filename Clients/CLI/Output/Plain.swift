/// Texts of the server on a terminal.
enum Plain {
  /// A text of one line: control characters, by which it could rewrite the screen, are replaced.
  static func cell(_ text: String) -> String { replaced(text) { _ in false } }

  /// A text of several lines.
  static func line(_ text: String) -> String { replaced(text) { $0 == "\n" } }

  private static func replaced(
    _ text: String, keeping isKept: (Unicode.Scalar) -> Bool
  ) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      result.append(isControl && !isKept(scalar) ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}
