/// Bytes as hexadecimal digits.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef")

  /// Two digits for each byte.
  static func text(of bytes: some Sequence<UInt8>) -> String {
    String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Eight digits, the most significant first.
  static func text(of number: UInt32) -> String {
    text(of: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
  }

  /// The bytes that digits say, white space between them or not; nil for anything else.
  static func bytes(of text: String) -> [UInt8]? {
    let values = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
    guard values.count.isMultiple(of: 2), !values.contains(nil) else { return nil }
    let known = values.compactMap { $0 }
    return stride(from: 0, to: known.count, by: 2).map { UInt8(known[$0] << 4 | known[$0 + 1]) }
  }
}
