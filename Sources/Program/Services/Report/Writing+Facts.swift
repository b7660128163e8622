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
    let history =
      change.needsHistory ? try history(.registration, change.entity.id, before: change) : []
    try append(change.facts(try source(of: change.entity), history: history))
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

  /// What happened to a resource before a change.
  private func history<Entity: Aggregate>(
    _ kind: AggregateKind, _ id: some RandomIdentifier, before change: Change<Entity>
  ) throws -> [StatusEvent] {
    try tx.statusEvents(of: kind, uid: id.rawValue)
      .filter { $0.version < change.entity.revision.version }
  }
}
