/// Numbers as JSON writes them.
enum JSONNumber {
  /// A whole number from any spelling that has no fraction left: `5`, `5.0`, `50e-1`, `5E2`.
  ///
  /// - Returns: sign and magnitude; nil when it is not whole or does not fit 64 bits
  static func whole(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative { rest.removeFirst() }
    let exponentAt = rest.firstIndex { $0 == "e" || $0 == "E" }
    let exponentText = exponentAt.map { rest[rest.index(after: $0)...] } ?? "0"
    guard var exponent = Int(exponentText) else { return nil }
    let mantissa = rest[..<(exponentAt ?? rest.endIndex)]
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard let integer = parts.first, !integer.isEmpty, parts.count <= 2 else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    var digits = Array((integer + fraction).utf8)
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    exponent -= fraction.utf8.count
    while digits.count > 1, digits.first == 0x30 { digits.removeFirst() }
    while exponent < 0, digits.last == 0x30, digits.count > 1 {
      digits.removeLast()
      exponent += 1
    }
    if digits == [0x30] { return (isNegative, 0) }
    // 20 digits are the most that 64 bits have: more zeros cannot fit, and must not be made.
    guard exponent >= 0, exponent <= 20 else { return nil }
    digits += [UInt8](repeating: 0x30, count: exponent)
    guard let magnitude = UInt64(String(decoding: digits, as: UTF8.self)) else { return nil }
    return (isNegative, magnitude)
  }

  /// A signed whole number of a width.
  static func signed<Integer: FixedWidthInteger & SignedInteger>(
    _ text: String, as type: Integer.Type
  ) -> Integer? {
    guard let (isNegative, magnitude) = whole(text) else { return nil }
    if !isNegative { return Integer(exactly: magnitude) }
    guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
    return Integer(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
  }

  /// An unsigned whole number of a width.
  static func unsigned<Integer: FixedWidthInteger & UnsignedInteger>(
    _ text: String, as type: Integer.Type
  ) -> Integer? {
    guard let (isNegative, magnitude) = whole(text), !isNegative || magnitude == 0 else {
      return nil
    }
    return Integer(exactly: magnitude)
  }

  /// A floating-point number in the range of its type; `NaN`, `Infinity` and `-Infinity` are words.
  static func floating<Float: BinaryFloatingPoint & LosslessStringConvertible>(
    _ text: String, as type: Float.Type
  ) -> Float? {
    switch text {
    case "NaN": return Float.nan
    case "Infinity": return Float.infinity
    case "-Infinity": return -Float.infinity
    default:
      guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
        let value = Float(text), value.isFinite
      else { return nil }
      return value
    }
  }

  /// The shortest text that reads back as the same number.
  static func value<Float: BinaryFloatingPoint & LosslessStringConvertible>(
    of number: Float
  ) -> JSONValue {
    if number.isNaN { return .string("NaN") }
    if number.isInfinite { return .string(number < 0 ? "-Infinity" : "Infinity") }
    return .number(number.description)
  }
}
