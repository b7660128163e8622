import Domain
import Protobuf
import SafeMobilityAPI

/// The rules for messages that stand for one value: dates, instants and durations.
enum MessageCheck {
  /// What is wrong with such a value, or nil; nil for every other message.
  static func problem(
    with message: borrowing MessageView, _ rule: FieldRule, now: Instant
  ) throws -> String? {
    switch message.descriptor.fullName {
    case SafeMobility.CivilDate.descriptor.fullName:
      try problem(withDate: message, rule, now: now)
    case GoogleProtobuf.Timestamp.descriptor.fullName:
      try problem(withInstant: message, rule, now: now)
    case GoogleProtobuf.Duration.descriptor.fullName:
      try problem(withDuration: message, rule)
    default:
      nil
    }
  }

  private static func problem(
    withDate message: borrowing MessageView, _ rule: FieldRule, now: Instant
  ) throws -> String? {
    let (year, month, day) = (
      Int(try number(message, 1)), Int(try number(message, 2)), Int(try number(message, 3))
    )
    guard let date = CivilDate(year: year, month: month, day: day) else {
      return "is not a date of the calendar"
    }
    if rule.fullDate, month == 0 || day == 0 { return "must have year, month and day" }
    // No zone is known here, so only a day that is wrong wherever on Earth it is meant is refused.
    let (first, last) = ((now - .hours(12)).utcDate.date, (now + .hours(14)).utcDate.date)
    switch rule.when {
    case .past where last.isSurelyBefore(date): return "must not be in the future"
    case .future where date.isSurelyBefore(first): return "must not be in the past"
    default: return nil
    }
  }

  private static func problem(
    withInstant message: borrowing MessageView, _ rule: FieldRule, now: Instant
  ) throws -> String? {
    var read = GoogleProtobuf.Timestamp()
    read.seconds = try number(message, 1)
    read.nanos = Int32(truncatingIfNeeded: try number(message, 2))
    guard let instant = Instant(read) else { return "must be a time of the years 1 to 9999" }
    switch rule.when {
    case .past where instant > now: return "must not be in the future"
    case .future where instant <= now: return "must not be in the past"
    default: return nil
    }
  }

  /// A duration's parts have one sign, and less than a second of nanos (duration.proto).
  private static func problem(
    withDuration message: borrowing MessageView, _ rule: FieldRule
  ) throws -> String? {
    let (seconds, nanos) = (try number(message, 1), try number(message, 2))
    guard (-315_576_000_000...315_576_000_000).contains(seconds),
      (-999_999_999...999_999_999).contains(nanos), seconds == 0 || seconds.signum() * nanos >= 0
    else { return "must be a duration of at most 10,000 years" }
    // The limits are whole seconds, so that the whole seconds around the duration tell.
    return ScalarCheck.problem(with: nanos < 0 ? seconds - 1 : seconds, rule)
      ?? ScalarCheck.problem(with: nanos > 0 ? seconds + 1 : seconds, rule)
  }

  private static func number(_ message: borrowing MessageView, _ number: Int) throws -> Int64 {
    guard let field = message.descriptor.field(number: number) else { return 0 }
    switch try message.scalar(field) {
    case .int32(let value): return Int64(value)
    case .int64(let value): return value
    default: return 0
    }
  }
}
