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
      try problem(withDate: message, rule, today: now.utcDate.date)
    case GoogleProtobuf.Timestamp.descriptor.fullName:
      try problem(withInstant: message, rule, now: now)
    case GoogleProtobuf.Duration.descriptor.fullName:
      ScalarCheck.problem(with: try number(message, 1), rule)
    default:
      nil
    }
  }

  private static func problem(
    withDate message: borrowing MessageView, _ rule: FieldRule, today: CivilDate
  ) throws -> String? {
    let (year, month, day) = (
      Int(try number(message, 1)), Int(try number(message, 2)), Int(try number(message, 3))
    )
    guard let date = CivilDate(year: year, month: month, day: day) else {
      return "is not a date of the calendar"
    }
    if rule.fullDate, month == 0 || day == 0 { return "must have year, month and day" }
    switch rule.when {
    case .past where today.isSurelyBefore(date): return "must not be in the future"
    case .future where date.isSurelyBefore(today): return "must not be in the past"
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

  private static func number(_ message: borrowing MessageView, _ number: Int) throws -> Int64 {
    guard let field = message.descriptor.field(number: number) else { return 0 }
    switch try message.scalar(field) {
    case .int32(let value): return Int64(value)
    case .int64(let value): return value
    default: return 0
    }
  }
}
