import Domain
import SafeMobilityAPI
import Storage

extension SafeMobility.Program {
  /// The programme as the contract has it.
  init(_ program: Program) {
    self.init()
    name = program.id.name
    uid = program.uid.rawValue
    createTime = .init(program.revision.createTime)
    updateTime = .init(program.revision.updateTime)
    etag = program.etag.text
    state = .init(program.state)
    displayName = program.displayName
    hostRegionCode = program.hostRegion.rawValue
    timeZone = program.zone.rawValue
    pilotStartDate = .init(program.pilotStart)
    // The contract names last days, the programme the days behind them.
    pilotEndDate = program.pilotEnd.adding(days: -1).map { .init($0) }
    extendedEndDate = program.extendedEnd?.adding(days: -1).map { .init($0) }
    extensionRef = program.extensionReference ?? ""
    policyVersion = program.policyVersion
  }
}

extension Program {
  /// Takes over what an administrator may change.
  mutating func apply(_ message: SafeMobility.Program) throws(Refusal) {
    let before = self
    try take(message)
    try demandSettled(since: before)
  }

  /// Refuses other days once the pilot has begun: reports are of its months, and the difference of two
  /// reports whose days differ can be about one person (INV-18).
  private func demandSettled(since before: Program) throws(Refusal) {
    guard before.state != .planned else { return }
    for (field, isSame) in [
      ("time_zone", zone == before.zone), ("pilot_start_date", pilotStart == before.pilotStart),
      ("pilot_end_date", pilotEnd == before.pilotEnd),
    ] where !isSame {
      throw Refusal.field(
        "program.\(field)", "is settled once the pilot has begun; only ExtendProgram moves the end")
    }
  }

  private mutating func take(_ message: SafeMobility.Program) throws(Refusal) {
    displayName = message.displayName
    zone = try FixedZone(rawValue: message.timeZone).known("program.time_zone")
    pilotStart = try message.pilotStartDate.flatMap { CivilDate($0) }
      .known("program.pilot_start_date")
    pilotEnd = try CivilDate(behind: message.pilotEndDate).known("program.pilot_end_date")
    guard pilotStart.isSurelyBefore(pilotEnd) else {
      throw Refusal.field("program.pilot_end_date", "must not be before pilot_start_date")
    }
  }
}

extension CivilDate {
  /// The day behind a last day; nil for what is no day.
  init?(behind last: SafeMobility.CivilDate?) {
    guard let next = last.flatMap({ CivilDate($0) })?.adding(days: 1) else { return nil }
    self = next
  }
}

extension Program: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}
