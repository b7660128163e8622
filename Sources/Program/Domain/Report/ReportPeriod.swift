/// The days that one report is about. There are no others than these: what could be asked for other
/// days could be subtracted from them (domain § 14).
public struct ReportPeriod: Hashable, Sendable, Codable {
  /// The first day.
  public var start: CivilDate
  /// The day after the last.
  public var end: CivilDate
  /// Whether it is the whole pilot, or all of its extension, and not a month of it.
  public var isWhole: Bool

  /// Every field as given; nothing is checked here.
  public init(start: CivilDate, end: CivilDate, isWhole: Bool) {
    self.start = start
    self.end = end
    self.isWhole = isWhole
  }

  /// The last day.
  public var lastDay: CivilDate { end.adding(days: -1) ?? end }

  /// Whether another one is a part of it.
  public func contains(_ other: ReportPeriod) -> Bool {
    !other.start.isSurelyBefore(start) && !end.isSurelyBefore(other.end)
  }
}

extension Program {
  /// What there is a report for, in the order of the releases: the pilot's months, the whole pilot, and
  /// the same of its extension, which is apart so that no month is in two sums.
  public var reportPeriods: [ReportPeriod] {
    Self.periods(from: pilotStart, to: pilotEnd)
      + (extendedEnd.map { Self.periods(from: pilotEnd, to: $0) } ?? [])
  }

  private static func periods(from start: CivilDate, to end: CivilDate) -> [ReportPeriod] {
    var periods: [ReportPeriod] = []
    var day = start
    while day.isSurelyBefore(end), let next = day.latestOfMonth.adding(days: 1) {
      let last = next.isSurelyBefore(end) ? next : end
      periods.append(ReportPeriod(start: day, end: last, isWhole: false))
      day = last
    }
    guard !periods.isEmpty else { return [] }
    return periods + [ReportPeriod(start: start, end: end, isWhole: true)]
  }

  /// The day of the pilot, 1 on its first.
  public func pilotDay(of day: CivilDate) -> Int {
    guard let day = day.dayNumber, let first = pilotStart.dayNumber else { return 0 }
    return day - first + 1
  }
}

extension CivilDate {
  /// The last day of the month of a day.
  fileprivate var latestOfMonth: CivilDate {
    CivilDate(year: year, month: month)?.latest ?? self
  }
}
