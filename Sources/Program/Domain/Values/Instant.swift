/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
///
/// The domain has no clock; every instant comes in as an argument. The range is that of
/// `google.protobuf.Timestamp`, years 1 to 9999, so that every stored instant can be sent.
public struct Instant: Hashable, Sendable, Comparable {
  /// Microseconds since the epoch; negative before it.
  public let microseconds: Int64

  /// 0001-01-01T00:00:00Z.
  public static let earliest = Instant(unchecked: -62_135_596_800_000_000)
  /// 9999-12-31T23:59:59.999999Z.
  public static let latest = Instant(unchecked: 253_402_300_799_999_999)

  private init(unchecked microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The instant so many microseconds after the epoch, held inside ``earliest`` … ``latest``.
  public init(microseconds: Int64) {
    self.microseconds = min(
      max(microseconds, Self.earliest.microseconds), Self.latest.microseconds)
  }

  /// Midnight UTC of a whole date, plus the time of day given; `nil` when `date` lacks a day or
  /// the time is outside 00:00:00 … 23:59:59.
  public init?(_ date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard let day = date.dayNumber, (0..<24).contains(hour), (0..<60).contains(minute),
      (0..<60).contains(second)
    else { return nil }
    let seconds = Int64(day) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    self.init(microseconds: seconds * 1_000_000)
  }

  /// Earlier first.
  public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.microseconds < rhs.microseconds }

  /// The instant a span later, to the microsecond, held inside the range.
  public static func + (instant: Instant, span: Duration) -> Instant {
    let (sum, overflow) = instant.microseconds.addingReportingOverflow(span.microseconds)
    if overflow { return span < .zero ? earliest : latest }
    return Instant(microseconds: sum)
  }

  /// The instant a span earlier, to the microsecond, held inside the range.
  public static func - (instant: Instant, span: Duration) -> Instant { instant + (.zero - span) }

  /// The span from `rhs` to `lhs`; negative when `lhs` is the earlier.
  public static func - (lhs: Instant, rhs: Instant) -> Duration {
    .microseconds(lhs.microseconds - rhs.microseconds)
  }

  /// The UTC calendar date and the microseconds passed in it.
  public var utcDate: (date: CivilDate, microsecondOfDay: Int64) {
    let day = microseconds.floorDivided(by: 86_400_000_000)
    return (CivilDate(dayNumber: Int(day)), microseconds - day * 86_400_000_000)
  }
}

extension Instant: Codable {
  /// A single integer, the microseconds.
  public init(from decoder: any Decoder) throws {
    self.init(microseconds: try decoder.singleValueContainer().decode(Int64.self))
  }

  /// A single integer, the microseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC, microseconds only when there are some: `2023-06-12T14:00:00Z`.
  public var description: String {
    let (date, microsecond) = utcDate
    let second = Int(microsecond / 1_000_000)
    let fraction = Int(microsecond % 1_000_000)
    let time =
      "\(decimal(second / 3_600, 2)):\(decimal(second / 60 % 60, 2)):\(decimal(second % 60, 2))"
    return "\(date)T\(time)\(fraction == 0 ? "" : ".\(decimal(fraction, 6))")Z"
  }
}

extension Duration {
  /// Whole microseconds, rounded towards zero and held inside Int64.
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    return whole.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
  }

  /// So many minutes.
  public static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
  /// So many hours of 60 minutes.
  public static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
  /// So many days of 24 hours; for calendar days use ``CivilDate``.
  public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

extension FixedWidthInteger {
  /// The quotient rounded towards minus infinity; `divisor` must be positive.
  func floorDivided(by divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// `value` in decimal, padded with zeros to `width` digits; negative values keep their sign first.
func decimal(_ value: Int, _ width: Int) -> String {
  let digits = String(value.magnitude)
  let padding = String(repeating: "0", count: max(0, width - digits.utf8.count))
  return (value < 0 ? "-" : "") + padding + digits
}
