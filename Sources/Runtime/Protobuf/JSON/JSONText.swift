/// Writes a tree as JSON text.
struct JSONText {
  private let pretty: Bool
  private var text = ""

  /// The text of a value.
  static func text(of value: JSONValue, pretty: Bool) -> String {
    var writer = JSONText(pretty: pretty)
    writer.write(value, indent: 0)
    return writer.text
  }

  private init(pretty: Bool) { self.pretty = pretty }

  private mutating func write(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let string): write(string)
    case .array(let items):
      list("[", "]", items.count, indent) { writer, index in
        writer.write(items[index], indent: indent + 1)
      }
    case .object(let members):
      list("{", "}", members.count, indent) { writer, index in
        writer.write(members[index].key)
        writer.text += writer.pretty ? ": " : ":"
        writer.write(members[index].value, indent: indent + 1)
      }
    }
  }

  private mutating func list(
    _ open: String, _ close: String, _ count: Int, _ indent: Int,
    _ item: (inout JSONText, Int) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += "," }
      breakLine(indent + 1)
      item(&self, index)
    }
    if count > 0 { breakLine(indent) }
    text += close
  }

  private mutating func breakLine(_ indent: Int) {
    if pretty { text += "\n" + String(repeating: "  ", count: indent) }
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\0"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
