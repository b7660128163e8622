/// The `grpc-timeout` field: 1 to 8 digits and a unit (Q10, Q11).
///
/// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Timeout".
public enum Timeout {
  /// Longer timeouts are shortened to this: the most whose nanoseconds fit 64 bits, about 292 years. The
  /// largest that the field can say, 99999999 hours, does not fit.
  public static let longest = Duration.nanoseconds(Int64.max)

  private static let digitCountMax = 8
  private static let valueMax: Int128 = 99_999_999

  /// The units from fine to coarse, each with its length in nanoseconds.
  private static let units: [(letter: UInt8, nanoseconds: Int128)] = [
    (UInt8(ascii: "n"), 1),
    (UInt8(ascii: "u"), 1_000),
    (UInt8(ascii: "m"), 1_000_000),
    (UInt8(ascii: "S"), 1_000_000_000),
    (UInt8(ascii: "M"), 60_000_000_000),
    (UInt8(ascii: "H"), 3_600_000_000_000),
  ]

  /// Reads a field's value; nil when it is not exactly what the rule allows. "0S" is zero.
  public static func decode(_ text: Span<UInt8>) -> Duration? {
    let digitCount = text.count - 1
    guard (1...digitCountMax).contains(digitCount) else { return nil }
    var value: Int128 = 0
    for index in 0..<digitCount {
      let digit = text[index]
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int128(digit - UInt8(ascii: "0"))
    }
    guard let unit = units.first(where: { $0.letter == text[digitCount] }) else { return nil }
    let nanoseconds = min(value * unit.nanoseconds, Int128(Int64.max))
    return .nanoseconds(Int64(nanoseconds))
  }

  /// Writes the time left, in the finest unit that needs at most 8 digits, rounded up.
  ///
  /// Rounding up by less than a unit keeps the server from giving up before the client does.
  /// Nothing and less is "0n".
  public static func encode(_ timeout: Duration) -> String {
    let attoseconds = Int128(timeout.components.attoseconds)
    let wholeSeconds = Int128(timeout.components.seconds) * 1_000_000_000
    let nanoseconds = max(0, wholeSeconds + (attoseconds + 999_999_999) / 1_000_000_000)
    for unit in units {
      let value = (nanoseconds + unit.nanoseconds - 1) / unit.nanoseconds
      if value <= valueMax { return "\(value)" + unitText(unit.letter) }
    }
    return "\(valueMax)H"
  }

  private static func unitText(_ letter: UInt8) -> String { String(UnicodeScalar(letter)) }
}
