/// Reads the fixed forms of times from text, byte by byte.
struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = text[...].utf8
  }

  var isAtEnd: Bool {
    rest.isEmpty
  }

  /// Steps over one character if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first.map({ UInt32($0) }) == character.value else { return false }
    rest.removeFirst()
    return true
  }

  /// As many digits as there are, up to `countMax`.
  mutating func digits(countMax: Int) -> [UInt8] {
    var digits: [UInt8] = []
    while digits.count < countMax, let byte = rest.first,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    {
      digits.append(byte - UInt8(ascii: "0"))
      rest.removeFirst()
    }
    return digits
  }

  /// A number of exactly `count` digits.
  mutating func number(_ count: Int) -> Int64? {
    let digits = digits(countMax: count)
    return digits.count == count ? digits.reduce(0) { $0 * 10 + Int64($1) } : nil
  }

  /// A point and 1 to 9 digits, or nothing, in nanoseconds.
  mutating func fraction() -> Int32? {
    guard take(".") else { return 0 }
    let digits = digits(countMax: 9)
    guard !digits.isEmpty else { return nil }
    let padding = Array(repeating: UInt8(0), count: 9 - digits.count)
    return (digits + padding).reduce(0) { $0 * 10 + Int32($1) }
  }

  /// `Z`, or `+hh:mm` or `-hh:mm`, in seconds.
  mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isNegative = take("-")
    guard isNegative || take("+"), let hours = number(2), take(":"), let minutes = number(2),
      hours < 24, minutes < 60
    else { return nil }
    return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}
