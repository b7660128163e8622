public import Domain

/// Finds what the clock moves, by ``StoreReader/now`` or an earlier instant.
///
/// The lists hold keys alone, in the order of the time each thing was due: whoever moves one reads
/// it again inside the unit that does, because somebody may have been faster. A list goes on behind
/// its last key, so that one thing that cannot be moved does not stand before the others for ever.
public protocol DueReader {
  /// Windows that are not CLOSED though their time is over, by closing time.
  func windowsToClose(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<TimeKey<IntakeWindowID>>
  /// PLANNED windows inside their time, by opening time, whatever the program's state.
  func windowsToOpen(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<TimeKey<IntakeWindowID>>
  /// Holds that are stored ACTIVE though their time is over, by that time.
  func holdsToExpire(after key: TimeKey<HoldID>?, limit: Int) throws -> Page<TimeKey<HoldID>>
  /// OFFERED appointments whose time to confirm is over, by that time.
  func offersToLapse(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<TimeKey<AppointmentID>>
  /// CONFIRMED appointments whose end and the service's grace are over, by end; none in a slot that
  /// the office has blocked (INV-13).
  func appointmentsMissed(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<TimeKey<AppointmentID>>
  /// Referrals that wait for an answer past their due time and are not marked yet, by due time.
  func referralsUnanswered(
    after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<TimeKey<ReferralID>>
  /// SENT referrals that are marked overdue and were due at `instant` or before, by due time.
  func referralsOverdue(
    since instant: Instant, after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<TimeKey<ReferralID>>
  /// ACTIVE consents whose time is over, by their end.
  func consentsToExpire(
    after key: TimeKey<ConsentID>?, limit: Int
  ) throws -> Page<TimeKey<ConsentID>>
  /// Drafts that last changed at `instant` or before, by that change.
  func draftsIdle(
    since instant: Instant, after key: TimeKey<RegistrationID>?, limit: Int
  ) throws -> Page<TimeKey<RegistrationID>>
}
