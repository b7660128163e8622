extension GoogleProtobuf.Timestamp {
  /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, the seconds that the type allows.
  public static let legalSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// Whether the moment lies in the years 1 to 9999 and the nanoseconds in one second.
  public var isValid: Bool {
    Self.legalSeconds.contains(seconds) && (0..<1_000_000_000).contains(nanos)
  }

  /// The moment this many microseconds after 1970-01-01T00:00:00Z; every `Int64` has one, though
  /// not all are valid.
  public init(microsecondsSinceEpoch: Int64) {
    self.init()
    let (seconds, microseconds) = microsecondsSinceEpoch.flooredDivision(by: 1_000_000)
    self.seconds = seconds
    nanos = Int32(microseconds) * 1000
  }

  /// Microseconds after 1970-01-01T00:00:00Z, what is finer cut off towards the past; `nil` when the
  /// timestamp is not valid.
  public var microsecondsSinceEpoch: Int64? {
    isValid ? seconds * 1_000_000 + Int64(nanos / 1000) : nil
  }
}

extension Int64 {
  /// Quotient rounded down and a remainder that is never negative.
  func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
