/// Reads a JSON text (RFC 8259) into a tree, within a depth, a size and a budget of memory.
struct JSONScanner {
  private let bytes: [UInt8]
  private let depthMax: Int
  /// What the tree may still take: one byte of text can become a value of many.
  private var budgetByteCount: Int
  private var index = 0

  /// Reads a whole text; nothing but white space may follow the value.
  static func value(of bytes: [UInt8], limits: DecodingLimits) throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.messageByteCountMax else {
      throw JSONError("the text is over the limit of \(limits.messageByteCountMax) bytes")
    }
    // A list of messages is two levels of text, and one of messages.
    var scanner = JSONScanner(
      bytes: bytes, depthMax: limits.depthMax * 2, budgetByteCount: limits.arenaByteCountMax)
    let value = try scanner.value(depth: 0)
    scanner.skipSpace()
    guard scanner.index == bytes.count else { throw scanner.error("text after the end") }
    return value
  }

  private init(bytes: [UInt8], depthMax: Int, budgetByteCount: Int) {
    self.bytes = bytes
    self.depthMax = depthMax
    self.budgetByteCount = budgetByteCount
  }

  private mutating func spend(_ byteCount: Int) throws(JSONError) {
    budgetByteCount -= byteCount
    guard budgetByteCount >= 0 else { throw error("the text would take too much memory") }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= depthMax else { throw error("nested too deeply") }
    try spend(MemoryLayout<JSONValue>.stride)
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> [(key: String, value: JSONValue)] {
    index += 1
    var members: [(key: String, value: JSONValue)] = []
    // By their bytes: two strings that Swift holds to be equal, such as a letter with its accent and
    // the same in one piece, are two names to everybody else.
    var keys: Set<[UInt8]> = []
    if take("}") { return members }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("a member's name is needed") }
      let key = try string()
      guard keys.insert(Array(key.utf8)).inserted else { throw error("the member is there twice") }
      try spend(2 * (key.utf8.count + 32))
      guard take(":") else { throw error("a colon is needed") }
      members.append((key, try value(depth: depth)))
    } while take(",")
    guard take("}") else { throw error("a comma or } is needed") }
    return members
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    index += 1
    var items: [JSONValue] = []
    if take("]") { return items }
    repeat { items.append(try value(depth: depth)) } while take(",")
    guard take("]") else { throw error("a comma or ] is needed") }
    return items
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[index...].starts(with: text.utf8) else { throw error("no JSON value") }
    index += text.utf8.count
    return value
  }

  /// RFC 8259 § 6: no plus sign, no leading zeros, digits on both sides of the point.
  private mutating func number() throws(JSONError) -> String {
    let start = index
    if peek == UInt8(ascii: "-") { index += 1 }
    let whole = digits()
    guard whole == 1 || (whole > 1 && bytes[index - whole] != UInt8(ascii: "0")) else {
      throw error(start == index ? "no JSON value" : "no JSON number")
    }
    if peek == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { throw error("no JSON number") }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw error("no JSON number") }
    }
    try spend(index - start)
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
    return index - start
  }

  private mutating func string() throws(JSONError) -> String {
    index += 1
    var content: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        try spend(content.count)
        guard let text = String(validating: content, as: UTF8.self) else {
          throw error("the string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        index += 1
        content.append(contentsOf: Array(String(try escaped()).utf8))
      case 0..<0x20:
        throw error("a control character must be escaped")
      default:
        content.append(byte)
        index += 1
      }
    }
    throw error("the string has no end")
  }

  private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
    guard let byte = peek else { throw error("the string has no end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw error("no such escape")
    }
  }

  /// `\uXXXX`, or two of them for a scalar beyond the basic plane; half a pair is nothing.
  private mutating func unicode() throws(JSONError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), peek == UInt8(ascii: "\\") else {
      throw error("half of a surrogate pair")
    }
    index += 1
    guard peek == UInt8(ascii: "u") else { throw error("half of a surrogate pair") }
    index += 1
    let second = try codeUnit()
    let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) &- 0xDC00
    guard (0xDC00..<0xE000).contains(second), let scalar = Unicode.Scalar(code) else {
      throw error("half of a surrogate pair")
    }
    return scalar
  }

  private mutating func codeUnit() throws(JSONError) -> UInt16 {
    guard index + 4 <= bytes.count,
      bytes[index..<index + 4].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits are needed") }
    index += 4
    return unit
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, Self.isSpace(byte) { index += 1 }
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private func error(_ problem: String) -> JSONError {
    JSONError(problem, at: .init(of: index, in: bytes))
  }
}
