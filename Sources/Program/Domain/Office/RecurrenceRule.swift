/// The part of an RFC 5545 § 3.3.10 recurrence rule that offices need: FREQ=DAILY or WEEKLY, with
/// INTERVAL, BYDAY of plain weekdays, BYHOUR, BYMINUTE, COUNT or UNTIL, WKST=MO.
///
/// Everything else is refused by name, never skipped: a rule half understood makes wrong slots.
/// The RFC leaves undefined what a first day means that the rule does not hit; here the first
/// occurrence is then the first day hit after it, and COUNT counts from there.
public struct RecurrenceRule: Hashable, Sendable {
  /// How often.
  public enum Frequency: Hashable, Sendable {
    case daily
    case weekly
  }

  /// Where it ends.
  public enum End: Hashable, Sendable {
    /// After so many occurrences, excepted ones counted.
    case count(Int)
    /// With the last occurrence on or before this local day.
    case day(CivilDate)
    /// With the last occurrence that starts at or before this instant.
    case instant(Instant)
    /// Never.
    case never
  }

  /// The days of the week in the order of ISO 8601, Monday 0.
  static let weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  /// DAILY or WEEKLY.
  public private(set) var frequency: Frequency
  /// Every how many days or weeks, 1 … 366.
  public private(set) var interval: Int
  /// The weekdays, Monday 0; empty for no restriction (DAILY) or the first day's (WEEKLY).
  public private(set) var weekdays: Set<Int>
  /// The hours of the day, 0 … 23; empty for the first start's.
  public private(set) var hours: Set<Int>
  /// The minutes of the hour, 0 … 59; empty for the first start's.
  public private(set) var minutes: Set<Int>
  /// Where it ends.
  public private(set) var end: End

  /// Reads a rule, with or without `RRULE:` before it. Refused with FIELD_INVALID on `rrule`.
  public init(text: String) throws(Refusal) {
    let body = text.hasPrefix("RRULE:") ? text.dropFirst(6) : text[...]
    var parts: [String: String] = [:]
    for part in body.split(separator: ";", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[1].isEmpty else { throw Self.wrong("is not NAME=VALUE;…") }
      guard parts.updateValue(pair[1].uppercased(), forKey: pair[0].uppercased()) == nil else {
        throw Self.wrong("names \(pair[0].uppercased().prefix(20)) twice")
      }
    }
    switch parts.removeValue(forKey: "FREQ") {
    case "DAILY": frequency = .daily
    case "WEEKLY": frequency = .weekly
    case nil: throw Self.wrong("FREQ is needed")
    default: throw Self.wrong("only FREQ=DAILY and FREQ=WEEKLY are supported")
    }
    interval = try Self.number(parts.removeValue(forKey: "INTERVAL"), "INTERVAL", 1...366) ?? 1
    weekdays = try Self.weekdays(parts.removeValue(forKey: "BYDAY"))
    hours = try Self.numbers(parts.removeValue(forKey: "BYHOUR"), "BYHOUR", 0...23)
    minutes = try Self.numbers(parts.removeValue(forKey: "BYMINUTE"), "BYMINUTE", 0...59)
    end = try Self.end(
      count: parts.removeValue(forKey: "COUNT"), until: parts.removeValue(forKey: "UNTIL"))
    guard parts.removeValue(forKey: "WKST") ?? "MO" == "MO" else {
      throw Self.wrong("only WKST=MO is supported")
    }
    if let other = parts.keys.min() {
      throw Self.wrong("\(other.prefix(20)) is not supported")
    }
  }

  /// The occurrences of the rule inside `days` (numbers as of ``CivilDate/dayNumber``), as local days and minutes of
  /// the day.
  ///
  /// `first` is the schedule's first day and `minuteOfDay` its local time: nothing happens before. A first day
  /// without a day number has no occurrences.
  public func occurrences(
    from first: CivilDate, minuteOfDay: Int, zone: FixedZone, in days: Range<Int>
  ) -> [(day: CivilDate, minuteOfDay: Int)] {
    guard let start = first.dayNumber else { return [] }
    let times = times(minuteOfDay)
    var occurrences: [(day: CivilDate, minuteOfDay: Int)] = []
    var count = 0
    // COUNT has to be counted from the first day; without it the days before can be skipped.
    var day = start
    if case .count = end {} else { day = max(start, days.lowerBound) }
    while day < days.upperBound {
      defer { day += 1 }
      guard hits(day, start: start) else { continue }
      let date = CivilDate(dayNumber: day)
      for time in times where day > start || time >= minuteOfDay {
        count += 1
        guard !isPastEnd(date, count, time, zone) else { return occurrences }
        if days.contains(day) { occurrences.append((date, time)) }
      }
    }
    return occurrences
  }

  /// The minutes of a day at which something begins, in order.
  private func times(_ first: Int) -> [Int] {
    let hours = hours.isEmpty ? [first / 60] : hours
    let minutes = minutes.isEmpty ? [first % 60] : minutes
    return hours.flatMap { hour in minutes.map { hour * 60 + $0 } }.sorted()
  }

  private func hits(_ day: Int, start: Int) -> Bool {
    let weekday = Self.weekday(day)
    switch frequency {
    case .daily:
      return (day - start) % interval == 0 && (weekdays.isEmpty || weekdays.contains(weekday))
    case .weekly:
      let week = (day - weekday) - (start - Self.weekday(start))
      guard week / 7 % interval == 0 else { return false }
      return weekdays.isEmpty ? weekday == Self.weekday(start) : weekdays.contains(weekday)
    }
  }

  private func isPastEnd(
    _ date: CivilDate, _ count: Int, _ minuteOfDay: Int, _ zone: FixedZone
  ) -> Bool {
    switch end {
    case .never: false
    case .count(let most): count > most
    case .day(let last): last.isSurelyBefore(date)
    case .instant(let last): zone.instant(date, minuteOfDay: minuteOfDay).map { $0 > last } ?? true
    }
  }

  /// Monday 0. 1970-01-01 was a Thursday.
  static func weekday(_ day: Int) -> Int { (day + 3) - (day + 3).floorDivided(by: 7) * 7 }

  // MARK: Reading

  private static func wrong(_ problem: String) -> Refusal { .field("rrule", problem) }

  private static func number(
    _ text: String?, _ name: String, _ range: ClosedRange<Int>
  ) throws(Refusal) -> Int? {
    guard let text else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    else { throw wrong("\(name) must be \(range.lowerBound) to \(range.upperBound)") }
    return number
  }

  private static func numbers(
    _ text: String?, _ name: String, _ range: ClosedRange<Int>
  ) throws(Refusal) -> Set<Int> {
    guard let text else { return [] }
    var numbers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = try number(String(part), name, range) else { continue }
      numbers.insert(number)
    }
    return numbers
  }

  private static func weekdays(_ text: String?) throws(Refusal) -> Set<Int> {
    guard let text else { return [] }
    var days: Set<Int> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let day = weekdays.firstIndex(of: String(name)) else {
        throw wrong("BYDAY takes MO, TU, WE, TH, FR, SA, SU without numbers")
      }
      days.insert(day)
    }
    return days
  }

  private static func end(count: String?, until: String?) throws(Refusal) -> End {
    if count != nil, until != nil { throw wrong("COUNT and UNTIL exclude each other") }
    if let count = try number(count, "COUNT", 1...10_000) { return .count(count) }
    guard let until else { return .never }
    let characters = Array(until)
    guard characters.count == 8 || characters.count == 16,
      let date = CivilDate(
        String(characters[0..<4]) + "-" + String(characters[4..<6]) + "-"
          + String(characters[6..<8]))
    else { throw wrong("UNTIL must be YYYYMMDD or YYYYMMDDTHHMMSSZ") }
    if characters.count == 8 { return .day(date) }
    guard characters[8] == "T", characters[15] == "Z",
      let time = try number(String(characters[9..<15]), "UNTIL's time", 0...235_959),
      let instant = Instant(
        date, hour: time / 10_000, minute: time / 100 % 100, second: time % 100)
    else { throw wrong("UNTIL must be YYYYMMDD or YYYYMMDDTHHMMSSZ") }
    return .instant(instant)
  }
}
