/// Numbers as JSON writes them (RFC 8259 § 6), also where a string holds one.
enum JSONNumber {
  /// A whole number from any spelling that has no fraction left: `5`, `5.0`, `50e-1`, `5E2`.
  ///
  /// - Returns: sign and magnitude; nil when it is no number, not whole or does not fit 64 bits
  static func whole(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
    guard let number = Spelling(text) else { return nil }
    let digits = number.digits.drop { $0 == 0x30 }
    guard let last = digits.lastIndex(where: { $0 != 0x30 }) else {
      return (number.isNegative, 0)
    }
    let significant = digits[...last]
    // Both terms are bounded: by the text's length, and by the exponent's range.
    guard let exponent = number.exponent else { return nil }
    let zeroCount = exponent + (digits.endIndex - significant.endIndex) - number.fractionCount
    // 20 digits are the most that 64 bits have: more zeros cannot fit, and must not be made.
    guard zeroCount >= 0, significant.count + zeroCount <= 20 else { return nil }
    var magnitude: UInt64 = 0
    for digit in significant + [UInt8](repeating: 0x30, count: zeroCount) {
      let (product, isOver) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, isOverToo) = product.addingReportingOverflow(UInt64(digit - 0x30))
      guard !isOver, !isOverToo else { return nil }
      magnitude = sum
    }
    return (number.isNegative, magnitude)
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
      guard Spelling(text) != nil, let value = Float(text), value.isFinite else { return nil }
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

  /// A number taken apart: no plus sign, no leading zeros, digits on both sides of the point.
  private struct Spelling {
    let isNegative: Bool
    /// Of both sides of the point, in order.
    let digits: [UInt8]
    let fractionCount: Int
    /// Nil when it is beyond what any number here could need.
    let exponent: Int?

    init?(_ text: String) {
      var rest = Array(text.utf8)[...]
      isNegative = rest.first == UInt8(ascii: "-")
      if isNegative { rest.removeFirst() }
      let whole = Self.digits(&rest)
      guard whole.count == 1 || (whole.count > 1 && whole.first != 0x30) else { return nil }
      var fraction: ArraySlice<UInt8> = []
      if rest.first == UInt8(ascii: ".") {
        rest.removeFirst()
        fraction = Self.digits(&rest)
        guard !fraction.isEmpty else { return nil }
      }
      var exponent: Int? = 0
      if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
        rest.removeFirst()
        let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
        if sign == -1 || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let power = Self.digits(&rest)
        guard !power.isEmpty else { return nil }
        exponent = Int(String(decoding: power, as: UTF8.self)).flatMap {
          $0 <= 1 << 40 ? sign * $0 : nil
        }
      }
      guard rest.isEmpty else { return nil }
      digits = Array(whole + fraction)
      fractionCount = fraction.count
      self.exponent = exponent
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest[digits.endIndex...]
      return digits
    }
  }
}
