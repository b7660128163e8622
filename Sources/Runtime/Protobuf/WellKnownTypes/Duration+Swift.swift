extension GoogleProtobuf.Duration {
  /// Ten thousand years, the most that the type allows in either direction.
  public static let legalSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

  /// Whether the seconds are in range, the nanoseconds in one second, and their signs agree.
  public var isValid: Bool {
    Self.legalSeconds.contains(seconds) && (-999_999_999...999_999_999).contains(nanos)
      && (seconds <= 0 || nanos >= 0) && (seconds >= 0 || nanos <= 0)
  }

  /// The same length of time, what is finer than a nanosecond cut off towards zero.
  public init(_ duration: Swift.Duration) {
    self.init()
    let components = duration.components
    seconds = components.seconds
    nanos = Int32(components.attoseconds / 1_000_000_000)
  }

  /// The same length of time; `nil` when the duration is not valid.
  public var swiftDuration: Swift.Duration? {
    isValid ? .seconds(seconds) + .nanoseconds(nanos) : nil
  }

  /// For example `1.500s`, the form in JSON: 0, 3, 6 or 9 digits of a fraction; `nil` when the
  /// duration is not valid.
  public var text: String? {
    guard isValid else { return nil }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(SecondFraction.text(nanos))s"
  }

  /// Reads such text, with up to 9 digits of a fraction; `nil` for all else.
  public init?(text: String) {
    var scanner = DigitScanner(text)
    let isNegative = scanner.take("-")
    let digits = scanner.digits(countMax: 12)
    guard !digits.isEmpty, let nanos = scanner.fraction(), scanner.take("s"), scanner.isAtEnd else {
      return nil
    }
    self.init()
    let magnitude = digits.reduce(Int64(0)) { $0 * 10 + Int64($1) }
    seconds = isNegative ? -magnitude : magnitude
    self.nanos = isNegative ? -nanos : nanos
    guard isValid else { return nil }
  }
}
