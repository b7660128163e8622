/// A time zone whose offset never changes: its IANA name and the offset.
///
/// The programme's hosts have had no daylight saving time in its years, so no zone database is
/// needed; a zone with one is refused instead of shown an hour wrong.
public struct FixedZone: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The IANA name, `America/Guatemala`.
  public let rawValue: String
  /// Minutes east of UTC: −360 for Guatemala.
  public let offsetMinutes: Int

  /// Guatemala, UTC−6.
  public static let guatemala = FixedZone(known: "America/Guatemala", offsetMinutes: -360)

  private static let known: [String: Int] = [
    "America/Guatemala": -360, "America/Costa_Rica": -360, "America/El_Salvador": -360,
    "America/Tegucigalpa": -360, "America/Managua": -360, "America/Bogota": -300,
    "America/Guayaquil": -300, "UTC": 0,
  ]

  private init(known name: String, offsetMinutes: Int) {
    rawValue = name
    self.offsetMinutes = offsetMinutes
  }

  /// A zone of the programme's hosts, or `UTC`; `nil` for any other.
  public init?(rawValue: String) {
    guard let offset = Self.known[rawValue] else { return nil }
    self.init(known: rawValue, offsetMinutes: offset)
  }

  /// The instant of a local date and time.
  public func instant(_ date: CivilDate, minuteOfDay: Int) -> Instant? {
    guard let day = date.dayNumber else { return nil }
    let minutes = Int64(day) * 1_440 + Int64(minuteOfDay - offsetMinutes)
    return Instant(microseconds: minutes * 60_000_000)
  }

  /// The local date, and the microseconds passed in it, at an instant.
  public func local(_ instant: Instant) -> (date: CivilDate, microsecondOfDay: Int64) {
    (instant + .minutes(offsetMinutes)).utcDate
  }

  /// The IANA name.
  public var description: String { rawValue }
}
