import Domain
import Storage

// What reports count, in the unit of the change that it was: erasing people leaves it (domain § 14).
extension Writing {
  /// Appends facts.
  func append(_ facts: [Fact]) throws {
    for fact in facts { try tx.append(fact) }
  }

  /// Counts a change of a registration.
  func count(_ change: Change<Registration>) throws {
    guard change.isCounted else { return }
    try append(
      change.facts(try source(of: change.entity), stateSince: try start(ofStateBefore: change)))
  }

  /// Counts a change of an appointment.
  func count(_ change: Change<Appointment>) throws {
    guard change.isCounted else { return }
    try append(change.facts(try source(of: change.entity.registration)))
  }

  /// Counts a change of a referral.
  func count(_ change: Change<Referral>) throws {
    guard change.isCounted else { return }
    try append(change.facts(try source(of: change.entity.registration)))
  }

  private func source(of id: RegistrationID) throws -> FactSource {
    try source(of: try found(try tx.registration(id)))
  }

  private func source(of registration: Registration) throws -> FactSource {
    let program = try found(try tx.program(registration.program))
    return FactSource(
      day: program.zone.local(now).date, registration: registration,
      principal: try tx.person(registration.principal))
  }

  /// When a registration came into the state that it leaves now; nil where no step ends.
  private func start(ofStateBefore change: Change<Registration>) throws -> Instant? {
    guard let state = change.stepEnded else { return nil }
    let events = try tx.statusEvents(of: .registration, uid: change.entity.id.rawValue)
    return events.last { event in
      event.version < change.entity.revision.version && event.stateAfter == state.rawValue
        && event.stateBefore != state.rawValue
    }?.time
  }
}
