/// A JSON value whose members keep their order, for what is shown in several forms.
indirect enum JSONTree: Hashable, Sendable {
  case object([Member])
  case array([JSONTree])
  /// The text between the quotes, as JSON escapes it.
  case escaped(String)
  /// A number, `true`, `false` or `null`, as it is written.
  case word(String)

  struct Member: Hashable, Sendable {
    var name: String
    var value: JSONTree
  }

  /// A text.
  static func text(_ text: String) -> JSONTree { .escaped(escaped(text)) }

  /// An object of members in this order; those without a value are left out.
  static func members(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
    .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  /// A text with the escapes that JSON needs (RFC 8259, section 7).
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          result += "\\u" + Hexadecimal.text(of: scalar.value).suffix(4)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}

extension JSONTree {
  /// Reads a text that our own encoder has written; what follows the first value is passed over.
  init(encoded text: String) {
    var reader = Reader(text: Array(text.utf8))
    self = reader.value()
  }

  /// Trusts the text: it is canonical JSON that was made in this process.
  private struct Reader {
    let text: [UInt8]
    var index = 0

    mutating func value() -> JSONTree {
      skipSpace()
      switch peek {
      case UInt8(ascii: "{"):
        return .object(
          items(UInt8(ascii: "}")) { reader in
            let name = reader.string()
            reader.skipSpace()
            // The colon.
            reader.index += 1
            return Member(name: name, value: reader.value())
          })
      case UInt8(ascii: "["): return .array(items(UInt8(ascii: "]")) { $0.value() })
      case UInt8(ascii: "\""): return .escaped(string())
      default:
        let start = index
        while let byte = peek, !",]} \n".utf8.contains(byte) { index += 1 }
        return .word(String(decoding: text[start..<index], as: UTF8.self))
      }
    }

    private mutating func items<Item>(
      _ end: UInt8, _ item: (inout Reader) -> Item
    ) -> [Item] {
      var found: [Item] = []
      index += 1
      skipSpace()
      while let byte = peek, byte != end {
        found.append(item(&self))
        skipSpace()
        if peek == UInt8(ascii: ",") { index += 1 }
        skipSpace()
      }
      index += 1
      return found
    }

    private mutating func string() -> String {
      index += 1
      let start = index
      while let byte = peek, byte != UInt8(ascii: "\"") {
        index += byte == UInt8(ascii: "\\") ? 2 : 1
      }
      defer { index += 1 }
      return String(decoding: text[start..<min(index, text.count)], as: UTF8.self)
    }

    private mutating func skipSpace() {
      while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { index += 1 }
    }

    private var peek: UInt8? { index < text.count ? text[index] : nil }
  }
}

extension JSONTree {
  /// JSON on several lines, indented by two spaces.
  var json: String { json(indent: "") }

  private func json(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .word(let word): return word
    case .escaped(let text): return "\"\(text)\""
    case .array(let items):
      if items.isEmpty { return "[]" }
      let lines = items.map { inner + $0.json(indent: inner) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { "\(inner)\"\($0.name)\": \($0.value.json(indent: inner))" }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    }
  }

  /// YAML 1.2, in block style; texts that could be taken for something else are quoted as in JSON.
  var yaml: String { yamlLines.joined(separator: "\n") }

  private var yamlLines: [String] {
    switch self {
    case .word(let word): return [word]
    case .escaped(let text): return [Self.yamlText(text)]
    case .array(let items):
      if items.isEmpty { return ["[]"] }
      return items.flatMap { item in
        item.yamlLines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
      }
    case .object(let members):
      if members.isEmpty { return ["{}"] }
      return members.flatMap { member -> [String] in
        let name = Self.yamlText(member.name)
        let lines = member.value.yamlLines
        return member.value.isBlock
          ? ["\(name):"] + lines.map { "  " + $0 } : ["\(name): \(lines[0])"]
      }
    }
  }

  /// Whether it stands on lines of its own.
  private var isBlock: Bool {
    switch self {
    case .word, .escaped: false
    case .array(let items): !items.isEmpty
    case .object(let members): !members.isEmpty
    }
  }

  /// Words that YAML, of some version, takes for a truth value or for nothing.
  private static let yamlWords: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
  ]

  private static func yamlText(_ escaped: String) -> String {
    let isPlain =
      escaped.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: "_-./ ".utf8.contains(byte)
        }
      } && escaped.first?.isLetter == true && escaped.last != " "
      && !yamlWords.contains(escaped.lowercased())
    return isPlain ? escaped : "\"\(escaped)\""
  }
}
