import Domain
import Storage

/// Whose records a caller reaches: the narrowing that comes after the method's roles.
///
/// The two governments see people only through referrals sent to them, never the registrations
/// themselves (domain § 1.5); an applicant sees its own; the offices' staff see the programme's,
/// protection holds apart, which only the United Nations' staff do.
struct Reach {
  let caller: Caller
  let reader: any StoreReader
  /// Whether what protection holds hide is reached all the same: for what the caller saw before one was set.
  var ignoresHolds = false

  /// Whether protection holds keep cases from the caller. Their own is no secret from applicants.
  var isKeptOut: Bool { caller.role != .applicant && caller.kind != .un }

  private func hides(_ registration: Registration) -> Bool {
    !ignoresHolds && registration.isHidden(from: caller.kind)
  }

  /// Whether the caller may see and move this registration.
  func includes(_ registration: Registration) throws -> Bool {
    switch caller.role {
    case .applicant:
      return registration.owner?.isSamePerson(as: caller.actor) ?? false
    case .contactCentre, .screener, .interviewer, .reviewer, .scheduler, .caseworker, .supervisor,
      .dpo:
      return isWithStaff(registration)
    case .frontDesk:
      // Asked of whichever case, so that no answer takes less than another.
      return try isExpectedToday(registration.id) && isWithStaff(registration)
    case .anonymous, .partnerOfficer, .programAdmin, .auditor, .reportReader, .system:
      return false
    }
  }

  /// Asks the store what it would be asked about a registration of that id, of which there is none.
  func lookInVain(for id: RegistrationID) throws {
    if caller.role == .frontDesk { _ = try isExpectedToday(id) }
  }

  private func isWithStaff(_ registration: Registration) -> Bool {
    if hides(registration) { return false }
    return Self.reachesCases(caller.kind)
  }

  /// Whether a partner's staff works on cases at all: no government's does.
  static func reachesCases(_ kind: PartnerKind?) -> Bool { kind == .un || kind == .ngo }

  /// Whether the household comes to an office of the caller's today: the front desk looks nobody up
  /// who does not.
  private func isExpectedToday(_ id: RegistrationID) throws -> Bool {
    var filter = AppointmentFilter(registration: id)
    narrow(&filter)
    return try reader.appointments(filter, after: nil, limit: 100).items.contains {
      try includes($0)
    }
  }

  /// Whether the caller may see this referral: the side that sent it, and the side it was sent to
  /// once it was sent. To everybody else it does not exist.
  func includes(_ referral: Referral) throws -> Bool {
    switch caller.role {
    case .partnerOfficer:
      // A protection hold hides what was sent before, too (domain § 11).
      return try referral.isReceived(by: caller.partner, for: caller.purpose)
        && reader.glimpse(of: referral.registration)
          .map { !hides($0) } ?? false
    case .caseworker, .reviewer, .supervisor, .dpo:
      return try referral.from == caller.partner && includesCase(of: referral)
    case .applicant, .contactCentre:
      // As far as the registration: an agent speaks for the applicant.
      return try includesCase(of: referral)
    default:
      return false
    }
  }

  private func includesCase(of referral: Referral) throws -> Bool {
    try reader.registration(referral.registration).map { try includes($0) } ?? false
  }

  /// Whether the caller may see and move this appointment, of a registration it reaches: the front
  /// desk only those of its own offices, on the day.
  func includes(_ appointment: Appointment) throws -> Bool {
    guard caller.role == .frontDesk else { return true }
    guard let office = try reader.office(appointment.service.office) else { return false }
    let day = office.zone.local(appointment.start).date
    return office.organisation == caller.partner && office.zone.local(reader.now).date == day
  }
}
