import Domain
import Storage

// What else ends when a case or a consent does, in the same unit of work (INV-6).
extension Writing {
  /// Calls off a registration's live appointments and gives back every seat, held ones too.
  mutating func endAppointments(of registration: Registration, by party: CancelParty) throws {
    // One per service at most (INV-3): one page holds them all many times over.
    let live = try tx.appointments(
      AppointmentFilter(
        registration: registration.id, states: AppointmentState.allCases.filter(\.isLive)),
      after: nil, limit: 100)
    let hold = try tx.openHold(of: registration.id).flatMap {
      $0.state(at: now) == .active ? $0 : nil
    }
    try endWaiting(of: registration.id)
    let freed = live.items.map(\.slot) + [hold?.slot].compactMap(\.self)
    try keepStill(freed)
    for appointment in live.items {
      try end(appointment, by: party)
      try tx.freeSeats(of: appointment.id, in: appointment.slot)
    }
    if let hold {
      var machine = HoldMachine(hold, limits: limits)
      let change = try machine.release(at: now)
      try tx.freeSeats(of: hold.id, in: hold.slot)
      try store(change)
    }
    for slot in Set(freed).sorted() { try offerFreedSeats(in: slot, besides: registration.id) }
  }

  /// Cancels what has not begun. What has begun cannot be cancelled any more (domain § 5.2), and
  /// nobody is left to complete it: the server strikes it out, and keeps who ended the case.
  private mutating func end(_ appointment: Appointment, by party: CancelParty) throws {
    var machine = AppointmentMachine(appointment, limits: limits)
    guard Appointment.Event.cancel.sources.contains(appointment.state) else {
      let change = try machine.void(
        Cancellation(party: party, reason: .registrationEnded, cancelTime: now), at: now)
      try change.entity.update(in: tx, from: appointment.revision.version)
      // The caller's role cannot void, so the event is not the caller's.
      return try tx.append(change.statusEvent(id: makeID(), by: .system))
    }
    try store(try machine.cancel(by: party, .registrationEnded, at: now))
  }

  /// The referrals of a registration that nothing has ended yet.
  func openReferrals(of registration: RegistrationID) throws -> [Referral] {
    // A household has few: one page holds them all many times over.
    try tx.referrals(ReferralFilter(registration: registration), after: nil, limit: 1_000)
      .items.filter { !$0.state.isTerminal }
  }

  /// Recalls the referrals that rest on what has ended, or asks for them back where the partner has
  /// accepted.
  ///
  /// Each has an entry of its own: the call's is about the case or the consent, and under another pseudonym.
  ///
  /// - Returns: the referrals as they stand now
  func endReferrals(
    of registration: RegistrationID, because reason: ReferralReason,
    where concerns: (Referral) -> Bool
  ) throws -> [Referral] {
    var ended: [Referral] = []
    for referral in try openReferrals(of: registration) where concerns(referral) {
      var machine = ReferralMachine(referral, limits: limits)
      guard let change = try machine.endForApplicant(reason, at: now) else { continue }
      try withOwnEntry(about: registration, by: referral.id) { work in try work.store(change) }
      ended.append(change.entity)
    }
    return ended
  }
}
