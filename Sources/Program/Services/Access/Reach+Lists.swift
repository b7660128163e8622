import Domain
import Protobuf
import Storage

// A list reads only what its caller can reach, so that nobody makes the store look through
// everybody's records for their own. What is found is judged one by one all the same.
extension Reach {
  /// Narrows a list of registrations.
  func narrow(_ filter: inout RegistrationFilter) {
    filter.owner = owner
    if isKeptOut { filter.includesProtected = false }
  }

  /// Narrows a list of appointments; the front desk's to a day around now, whatever its offices' zones.
  func narrow(_ filter: inout AppointmentFilter) {
    filter.owner = owner
    guard caller.role == .frontDesk else { return }
    let near = (reader.now - .days(1))..<(reader.now + .days(1))
    filter.starts = filter.starts.map { $0.clamped(to: near) } ?? near
  }

  /// Narrows a list of who waits.
  func narrow(_ filter: inout WaitlistFilter) { filter.owner = owner }

  /// Narrows a list of referrals to the caller's side of them.
  func narrow(_ filter: inout ReferralFilter) {
    switch caller.role {
    case .partnerOfficer: filter.to = caller.partner
    case .caseworker, .reviewer, .supervisor, .dpo: filter.from = caller.partner
    default: filter.owner = owner
    }
  }

  /// Whose records the caller's are; nil for one that speaks for many.
  private var owner: Actor? { caller.role == .applicant ? caller.actor : nil }
}

extension DeskWork {
  /// Tells the log that an item of a list tells of a case, and of which referral where it is of one, and
  /// gives the item back.
  mutating func disclosing<Item: Message>(
    _ id: RegistrationID, by referral: ReferralID? = nil, _ item: Item
  ) throws -> Item {
    let subject = AuditTrail.Subject(
      registration: id, referral: referral, key: try reader.caseKey(of: id))
    trail.disclose(subject, try item.serializedBytes())
    return item
  }
}
