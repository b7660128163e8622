import Domain
import SafeMobilityAPI

extension SafeMobility.Schedule {
  /// A schedule as the contract has it.
  init(_ schedule: Schedule) {
    self.init()
    name = schedule.id.name
    uid = schedule.uid.rawValue
    createTime = .init(schedule.revision.createTime)
    updateTime = .init(schedule.revision.updateTime)
    etag = schedule.etag.text
    service = schedule.service.name
    rrule = schedule.recurrence
    firstDate = .init(schedule.firstDate)
    firstMinute = Int32(schedule.startMinuteOfDay)
    exceptDates = schedule.exceptDates.map { .init($0) }
    capacity = Int32(schedule.capacitySeats)
    languageCodes = schedule.languages.map(\.rawValue)
    reservedShares = schedule.reservedShares.map { .init($0) }
  }
}

extension SafeMobility.ReservedShare {
  /// Seats kept for some, as the contract has them.
  init(_ share: ReservedShare) {
    self.init()
    seats = Int32(share.seats)
    reservedFor =
      switch share.kind {
      case .pathway(let id): .pathway(id.name)
      case .vulnerability: .vulnerability(true)
      }
  }
}

extension Schedule {
  /// Takes over what a scheduler may change.
  mutating func apply(_ message: SafeMobility.Schedule) throws {
    recurrence = message.rrule
    firstDate = try message.firstDate.flatMap { CivilDate($0) }.known("schedule.first_date")
    startMinuteOfDay = Int(message.firstMinute)
    exceptDates = try message.exceptDates.map {
      try CivilDate($0).known("schedule.except_dates")
    }
    capacitySeats = Int(message.capacity)
    languages = try message.languageCodes.map {
      try LanguageTag(rawValue: $0).known("schedule.language_codes")
    }
    reservedShares = try message.reservedShares.map { try ReservedShare($0) }
  }
}

extension ReservedShare {
  fileprivate init(_ message: SafeMobility.ReservedShare) throws(Refusal) {
    switch message.reservedFor {
    case .pathway(let name): self.init(kind: .pathway(try PathwayID(name: name)), seats: 0)
    case .vulnerability(true): self.init(kind: .vulnerability, seats: 0)
    case .vulnerability(false), nil:
      throw Refusal.field("schedule.reserved_shares", "must say for whom the seats are kept")
    }
    seats = Int(message.seats)
  }
}
