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
    let history =
      change.needsHistory ? try history(.referral, change.entity.id, before: change) : []
    try append(change.facts(try source(of: change.entity.registration), history: history))
  }

  /// Counts a registration that comes to be held after it was handed in, by a look that is made of it or by
  /// what it brings; once, though a hold may be lifted by a review and come again.
  func countHold(of registration: Registration, now held: Registration) throws {
    guard held.holds.contains(.duplicate), !registration.holds.contains(.duplicate),
      registration.submitTime != nil,
      try !tx.statusEvents(of: .registration, uid: registration.id.rawValue)
        .contains(where: {
          $0.type == Registration.Event.reviewDuplicates.rawValue
            && $0.version <= registration.revision.version
        })
    else { return }
    try append([try source(of: held).fact(.duplicatesHeld)])
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
