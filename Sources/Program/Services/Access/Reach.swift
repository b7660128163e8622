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

  /// Whether the caller may see and move this registration.
  func includes(_ registration: Registration) -> Bool {
    switch caller.role {
    case .applicant:
      return registration.owner?.isSamePerson(as: caller.actor) ?? false
    case .contactCentre, .screener, .interviewer, .reviewer, .scheduler, .frontDesk, .caseworker,
      .supervisor, .dpo:
      if registration.holds.contains(.protection) { return caller.kind == .un }
      return caller.kind == .un || caller.kind == .ngo
    case .anonymous, .partnerOfficer, .programAdmin, .auditor, .reportReader, .system:
      return false
    }
  }

  /// Whether the caller may see this referral: the side that sent it, and the side it was sent to
  /// once it was sent. To everybody else it does not exist.
  func includes(_ referral: Referral) throws -> Bool {
    switch caller.role {
    case .partnerOfficer:
      // Not by the state: a draft that was recalled, or only advised on, was never sent. And for its
      // own purpose alone: what was sent for resettlement is not there for labour mobility.
      return referral.to == caller.partner && referral.release != nil
        && referral.purpose == caller.purpose
    case .caseworker, .reviewer, .supervisor, .dpo:
      return referral.from == caller.partner
    case .applicant, .contactCentre:
      // As far as the registration: an agent speaks for the applicant.
      return try reader.registration(referral.registration).map { includes($0) } ?? false
    default:
      return false
    }
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
