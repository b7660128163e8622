/// Cuts JSON values that stand one behind the other, with white space or without, out of bytes as they arrive.
///
/// It knows where a value ends, not whether it is one: that is for whoever reads it.
struct JSONSplitter {
  /// Bytes of one value: more than any message may have.
  private static let valueByteCountMax = 64 << 20

  private var bytes: [UInt8] = []
  /// Where the value under way begins; nil between values.
  private var start: Int?
  private var index = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Takes in what has arrived.
  mutating func append(_ piece: [UInt8]) { bytes += piece }

  /// The next value that is there in full; nil until more has arrived.
  ///
  /// - Throws: ``CommandFailure`` for a value of a size that no message has
  mutating func next() throws(CommandFailure) -> [UInt8]? {
    while index < bytes.count {
      let byte = bytes[index]
      if start != nil, depth == 0, !isInString, Self.endsWord(byte), isWord {
        // A number or a word ends before whatever follows it.
        return take(through: index)
      }
      index += 1
      if step(byte) { return take(through: index) }
    }
    guard index - (start ?? index) <= Self.valueByteCountMax else {
      throw CommandFailure("a value of more than \(Self.valueByteCountMax >> 20) MiB is no request")
    }
    if start == nil { drop(index) }
    return nil
  }

  /// What is left after the last byte: a word that ends there, or a value that does not; nil for nothing.
  mutating func rest() -> [UInt8]? {
    start == nil ? nil : take(through: bytes.count)
  }

  private var isWord: Bool {
    guard let start else { return false }
    return !"{[\"".utf8.contains(bytes[start])
  }

  /// Goes on by one byte; whether a value ends with it.
  private mutating func step(_ byte: UInt8) -> Bool {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        return depth == 0
      }
      return false
    }
    if start == nil {
      if Self.isBetween(byte) { return false }
      start = index - 1
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return depth <= 0
    default: break
    }
    return false
  }

  private mutating func take(through end: Int) -> [UInt8] {
    let value = Array(bytes[(start ?? 0)..<end])
    drop(end)
    return value
  }

  private mutating func drop(_ count: Int) {
    bytes.removeFirst(count)
    (start, index, depth, isInString, isEscaped) = (nil, 0, 0, false, false)
  }

  /// White space, and the separator of RFC 7464.
  private static func isBetween(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0x1E
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isBetween(byte) || "{[\"".utf8.contains(byte)
  }
}
