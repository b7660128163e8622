import Domain
import Storage

// What the clock moves. Each list is one statement over one index, and holds keys only: the row is read
// again by whoever moves it.

extension SQLTransaction {
  func windowsToClose(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<TimeKey<IntakeWindowID>> {
    try keys(.windowsToClose, by: now, after: key, limit) { IntakeWindowID(checked: $0) }
  }

  func windowsToOpen(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<TimeKey<IntakeWindowID>> {
    try keys(.windowsToOpen, by: now, after: key, limit) { IntakeWindowID(checked: $0) }
  }

  func holdsToExpire(after key: TimeKey<HoldID>?, limit: Int) throws -> Page<TimeKey<HoldID>> {
    try keys(.holdsToExpire, by: now, after: key, limit) { HoldID(checked: $0) }
  }

  func offersToLapse(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<TimeKey<AppointmentID>> {
    try keys(.offersToLapse, by: now, after: key, limit) { AppointmentID(checked: $0) }
  }

  func appointmentsMissed(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<TimeKey<AppointmentID>> {
    try keys(.appointmentsMissed, by: now, after: key, limit) { AppointmentID(checked: $0) }
  }

  func referralsUnanswered(
    after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<TimeKey<ReferralID>> {
    try keys(.referralsUnanswered, by: now, after: key, limit) { ReferralID(checked: $0) }
  }

  func referralsOverdue(
    since instant: Instant, after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<TimeKey<ReferralID>> {
    try keys(.referralsOverdue, by: instant, after: key, limit) { ReferralID(checked: $0) }
  }

  func consentsToExpire(
    after key: TimeKey<ConsentID>?, limit: Int
  ) throws -> Page<TimeKey<ConsentID>> {
    try keys(.consentsToExpire, by: now, after: key, limit) { ConsentID(checked: $0) }
  }

  func draftsIdle(
    since instant: Instant, after key: TimeKey<RegistrationID>?, limit: Int
  ) throws -> Page<TimeKey<RegistrationID>> {
    try keys(.draftsIdle, by: instant, after: key, limit) { RegistrationID(checked: $0) }
  }

  /// A page of `statement`, whose parameters are the key's time and id, the page's size, and the
  /// instant. No time is before the earliest, and no id before the empty text.
  private func keys<ID: Identifier>(
    _ statement: SQLStatement, by instant: Instant, after key: TimeKey<ID>?, _ limit: Int,
    _ id: (String) -> ID
  ) throws -> Page<TimeKey<ID>> {
    let values: [SQLValue] = [
      .instant(key?.time ?? .earliest), .text(key?.id.rawValue ?? ""), .count(limit + 1),
      .instant(instant),
    ]
    let found = try all(statement, values) { (row) throws(SQLFailure) in
      TimeKey(try row.instant(), id(try row.text()))
    }
    return Page(found: found, limit: limit)
  }
}

extension ServiceOffer {
  /// What `no_show_grace_us` holds.
  var noShowGraceColumn: SQLValue { .integer(Int64(noShowGraceMinutes) * 60_000_000) }
}

extension Consent {
  /// What `expires_us` holds.
  var expiryColumn: SQLValue { .instant(state == .active ? expireTime : nil) }
}

extension Registration {
  /// What `idle_us` holds.
  var idleColumn: SQLValue { .instant(state == .draft ? revision.updateTime : nil) }
}

extension Referral {
  /// What `due_us` holds: the time in the states in which somebody is waited for.
  var dueColumn: SQLValue {
    .instant(Event.markOverdue.sources.contains(state) ? dueTime : nil)
  }
}

extension SQLStatement {
  fileprivate static let windowsToClose = SQLStatement(
    """
    SELECT close_us, uid FROM intake_window
    WHERE state <> 4 AND close_us <= $4 AND (close_us, uid) > ($1, $2)
    ORDER BY close_us, uid LIMIT $3
    """)
  fileprivate static let windowsToOpen = SQLStatement(
    """
    SELECT open_us, uid FROM intake_window
    WHERE state = 1 AND open_us <= $4 AND close_us > $4 AND (open_us, uid) > ($1, $2)
    ORDER BY open_us, uid LIMIT $3
    """)
  fileprivate static let holdsToExpire = SQLStatement(
    """
    SELECT expires_us, uid FROM hold
    WHERE state = 1 AND expires_us <= $4 AND (expires_us, uid) > ($1, $2)
    ORDER BY expires_us, uid LIMIT $3
    """)
  fileprivate static let offersToLapse = SQLStatement(
    """
    SELECT confirm_by_us, uid FROM appointment
    WHERE state = 1 AND confirm_by_us <= $4 AND (confirm_by_us, uid) > ($1, $2)
    ORDER BY confirm_by_us, uid LIMIT $3
    """)
  // The first comparison says no more than the second, but it is the one the index answers.
  fileprivate static let appointmentsMissed = SQLStatement(
    """
    SELECT appointment.end_us, appointment.uid FROM appointment
      JOIN service_offer ON service_offer.uid = appointment.service_id
      JOIN slot ON slot.uid = appointment.slot_id
    WHERE appointment.state = 2 AND appointment.end_us < $4
      AND appointment.end_us + service_offer.no_show_grace_us < $4 AND slot.blocked = 0
      AND (appointment.end_us, appointment.uid) > ($1, $2)
    ORDER BY appointment.end_us, appointment.uid LIMIT $3
    """)
  fileprivate static let referralsUnanswered = SQLStatement(
    """
    SELECT due_us, uid FROM referral
    WHERE overdue = 0 AND due_us <= $4 AND (due_us, uid) > ($1, $2)
    ORDER BY due_us, uid LIMIT $3
    """)
  fileprivate static let referralsOverdue = SQLStatement(
    """
    SELECT due_us, uid FROM referral
    WHERE overdue = 1 AND state = 2 AND due_us <= $4 AND (due_us, uid) > ($1, $2)
    ORDER BY due_us, uid LIMIT $3
    """)
  fileprivate static let consentsToExpire = SQLStatement(
    """
    SELECT expires_us, uid FROM consent
    WHERE expires_us <= $4 AND (expires_us, uid) > ($1, $2) ORDER BY expires_us, uid LIMIT $3
    """)
  fileprivate static let draftsIdle = SQLStatement(
    """
    SELECT idle_us, uid FROM registration
    WHERE idle_us <= $4 AND (idle_us, uid) > ($1, $2) ORDER BY idle_us, uid LIMIT $3
    """)
}
