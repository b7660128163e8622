/// RFC 3339 text, the form of a timestamp in JSON and for people.
extension GoogleProtobuf.Timestamp {
  /// For example `2023-06-12T08:30:00Z`: UTC, with 0, 3, 6 or 9 digits of a second's fraction; `nil`
  /// when the timestamp is not valid.
  public var text: String? {
    guard isValid else { return nil }
    let (days, secondOfDay) = seconds.flooredDivision(by: 86_400)
    let (year, month, day) = CalendarDay.civil(fromDay: days)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time =
      "\(padded(secondOfDay / 3600, 2)):\(padded(secondOfDay / 60 % 60, 2)):\(padded(secondOfDay % 60, 2))"
    return "\(date)T\(time)\(SecondFraction.text(nanos))Z"
  }

  /// Reads RFC 3339 text with any offset from UTC and up to 9 digits of a fraction; `nil` for all
  /// else, also for days that do not exist and for leap seconds.
  public init?(text: String) {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
      scanner.take("-"), let day = scanner.number(2), scanner.take("T") || scanner.take("t"),
      let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2),
      scanner.take(":"), let second = scanner.number(2), let nanos = scanner.fraction(),
      let offset = scanner.offset(), scanner.isAtEnd, hour < 24, minute < 60, second < 60,
      let dayNumber = CalendarDay.number(year: year, month: month, day: day)
    else { return nil }
    self.init()
    seconds = dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.nanos = nanos
    guard isValid else { return nil }
  }
}

/// Days of the proleptic Gregorian calendar.
///
/// The arithmetic is Howard Hinnant's (https://howardhinnant.github.io/date_algorithms.html): years
/// begin in March, so that the leap day comes last.
enum CalendarDay {
  /// Days since 1970-01-01; `nil` when there is no such day.
  static func number(year: Int64, month: Int64, day: Int64) -> Int64? {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.flooredDivision(by: 400).quotient
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let number = era * 146_097 + dayOfEra - 719_468
    // A day past the end of its month comes back as one of the next.
    return civil(fromDay: number) == (year, month, day) ? number : nil
  }

  /// The date of a day counted from 1970-01-01.
  static func civil(fromDay number: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (number + 719_468).flooredDivision(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

/// The fraction of a second as protobuf's JSON writes it.
enum SecondFraction {
  /// A point and 3, 6 or 9 digits, or nothing.
  static func text(_ nanos: Int32) -> String {
    let nanos = Int64(nanos.magnitude)
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + padded(nanos / 1_000_000, 3) }
    if nanos % 1000 == 0 { return "." + padded(nanos / 1000, 6) }
    return "." + padded(nanos, 9)
  }
}

private func padded(_ number: Int64, _ digitCount: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, digitCount - digits.utf8.count)) + digits
}
