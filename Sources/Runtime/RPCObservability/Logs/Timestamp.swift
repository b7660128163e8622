internal import Glibc

/// An instant of the real time, for logs.
struct Timestamp: Sendable, Hashable {
  /// Seconds since 1970, UTC.
  var seconds: Int64
  /// 0…999,999,999.
  var nanoseconds: Int64

  /// The machine's clock.
  static func now() -> Timestamp {
    var time = timespec()
    // SAFETY: the struct is this function's own and lent for the call.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  /// RFC 3339 in UTC with microseconds: "2023-06-12T15:00:00.000000Z".
  var rfc3339: String {
    let day = seconds.quotient(by: 86_400)
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = Self.civil(day: day)
    let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfMonth, 2))"
    let time =
      "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
    return "\(date)T\(time).\(Self.padded(nanoseconds / 1000, 6))Z"
  }

  /// Year, month and day of a day counted from 1970, in the Gregorian calendar.
  ///
  /// Counts years from March, so that a leap day is a year's last; 146,097 days are 400 years.
  private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = shifted.quotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Int64 {
  /// Division that rounds down, below zero too.
  fileprivate func quotient(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : (self + 1) / divisor - 1
  }
}
