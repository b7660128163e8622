/// Text of one line of a log, in which nothing that a stranger chose can pass for anything else.
///
/// Whatever ends a line, moves a terminal's cursor or turns its writing direction is written as an
/// escape; texts are cut at a length.
struct LogText {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A JSON string of at most `byteCountMax` bytes of the text; RFC 8259 § 7.
  mutating func appendJSON(_ text: String, byteCountMax: Int) {
    append("\"")
    appendEscaped(text, byteCountMax: byteCountMax)
    append("\"")
  }

  /// A value of logfmt: as it is when that is unambiguous, else quoted and escaped like JSON.
  mutating func appendLogfmt(_ text: String, byteCountMax: Int) {
    let isPlain =
      !text.isEmpty && text.utf8.count <= byteCountMax
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !Self.quoted.contains($0) }
    if isPlain { append(text) } else { appendJSON(text, byteCountMax: byteCountMax) }
  }

  /// A key: letters, digits, `_`, `.`, `-`, anything else as `_`.
  mutating func appendKey(_ key: String, byteCountMax: Int) {
    let kept = key.prefix(utf8Count: byteCountMax)
    for scalar in kept.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": bytes.append(UInt8(scalar.value))
      default: append("_")
      }
    }
    if kept.isEmpty { append("_") }
  }

  private static let quoted: [UInt8] = [0x22, 0x3D, 0x5C]

  private mutating func appendEscaped(_ text: String, byteCountMax: Int) {
    let kept = text.prefix(utf8Count: byteCountMax)
    for scalar in kept.unicodeScalars { append(scalar) }
    if kept.utf8.count < text.utf8.count { append("…") }
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": append("\\\"")
    case "\\": append("\\\\")
    case "\n": append("\\n")
    case "\r": append("\\r")
    case "\t": append("\\t")
    case _ where Self.isHidden(scalar): appendUnicodeEscape(scalar)
    default: bytes.append(contentsOf: Array(String(scalar).utf8))
    }
  }

  /// Whether a terminal or a reader would do something for it rather than show it.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
    default: false
    }
  }

  /// `\u2028`, above U+FFFF as a surrogate pair.
  private mutating func appendUnicodeEscape(_ scalar: Unicode.Scalar) {
    for unit in String(scalar).utf16 {
      append("\\u")
      let digits = String(unit, radix: 16)
      append(String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    }
  }
}
