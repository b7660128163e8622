/// Makes slots from a schedule.
public enum SlotPlan {
  /// The most days one request can cover.
  public static let dayCountMax = 400
  /// The most slots one request can make; they are made in one unit of work.
  public static let slotCountMax = 10_000

  /// Checks a schedule as an administrator gives it. Refused with FIELD_INVALID.
  public static func check(_ schedule: Schedule, service: ServiceOffer) throws(Refusal) {
    _ = try RecurrenceRule(text: schedule.recurrence)
    guard schedule.service == service.id else {
      throw Refusal.field("service", "is another service")
    }
    guard schedule.firstDate.precision == .day else {
      throw Refusal.field("first_date", "must be a whole date")
    }
    guard (0..<1_440).contains(schedule.startMinuteOfDay) else {
      throw Refusal.field("first_minute", "must be 0 to 1439")
    }
    guard (1...1_000).contains(schedule.capacitySeats) else {
      throw Refusal.field("capacity", "must be 1 to 1000")
    }
    let reserved = schedule.reservedShares.reduce(0) { $0 + max(0, $1.seats) }
    guard schedule.reservedShares.allSatisfy({ $0.seats >= 1 }), reserved <= schedule.capacitySeats
    else { throw Refusal.field("reserved_shares", "must be 1 or more and fit into the capacity") }
  }

  /// The slots of a schedule from one local day to another, both included; those that have begun
  /// at `now` are left out. Ids come from `random`: the store keeps the older of two slots of one
  /// schedule and start, so that the same request twice makes each slot once.
  ///
  /// Refused with FIELD_INVALID for partial dates, an empty or too long span, one in the past, or more than
  /// ``slotCountMax``.
  ///
  /// - Parameter languages: those of the office, for a schedule that names none
  public static func slots(
    of schedule: Schedule, service: ServiceOffer, languages: [LanguageTag],
    from first: CivilDate, through last: CivilDate,
    at now: Instant, using random: inout some RandomNumberGenerator
  ) throws(Refusal) -> [Slot] {
    try check(schedule, service: service)
    guard let start = first.dayNumber else {
      throw Refusal.field("start_date", "must be a whole date")
    }
    guard let end = last.dayNumber else { throw Refusal.field("end_date", "must be a whole date") }
    guard start <= end else { throw Refusal.field("end_date", "is before start_date") }
    guard end - start < dayCountMax else {
      throw Refusal.field("end_date", "is more than \(dayCountMax) days away")
    }
    guard !last.isSurelyBefore(schedule.zone.local(now).date) else {
      throw Refusal.field("end_date", "is in the past")
    }
    let rule = try RecurrenceRule(text: schedule.recurrence)
    let occurrences = rule.occurrences(
      from: schedule.firstDate, minuteOfDay: schedule.startMinuteOfDay, zone: schedule.zone,
      in: start..<(end + 1))
    guard occurrences.count <= slotCountMax else {
      throw Refusal.field(
        "end_date", "makes \(occurrences.count) slots; at most \(slotCountMax) at once")
    }
    var slots: [Slot] = []
    for (day, minuteOfDay) in occurrences where !schedule.exceptDates.contains(day) {
      guard let begin = schedule.zone.instant(day, minuteOfDay: minuteOfDay),
        begin > now
      else { continue }
      slots.append(
        Slot(
          id: SlotID(using: &random), schedule: schedule.id, service: service.id, start: begin,
          end: begin + .minutes(service.durationMinutes), zone: schedule.zone,
          capacitySeats: schedule.capacitySeats,
          languages: schedule.languages.isEmpty ? languages : schedule.languages,
          reservedShares: schedule.reservedShares, revision: Revision(createdAt: now)))
    }
    return slots
  }
}
