import Domain
import Storage

extension Foresight {
  /// What a request about the resource of that name, or about something within it, is going to look at; nil for text
  /// that names none of these: whether it should is for the handler to say.
  init?(naming name: String) {
    let segments = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard segments.count >= 2 else { return nil }
    let (collection, id) = (String(segments[0]), String(segments[1]))
    switch collection {
    case ProgramID.collection: self.init(ProgramID(rawValue: id).map { .program($0) })
    case OfficeID.collection: self.init(OfficeID(rawValue: id).map { .office($0) })
    case RegistrationID.collection:
      self.init(RegistrationID(rawValue: id).map { .registration($0) })
    case HoldID.collection: self.init(HoldID(rawValue: id).map { .hold($0) })
    case AppointmentID.collection: self.init(AppointmentID(rawValue: id).map { .appointment($0) })
    case ReferralID.collection: self.init(ReferralID(rawValue: id).map { .referral($0) })
    default: return nil
    }
  }

  /// What the booking of the hold of that name is going to look at.
  init?(bookingOf hold: String) { self.init((try? HoldID(name: hold)).map { .booking($0) }) }

  /// What a hold on the slot of that name, for the registration of that name, is going to look at.
  init?(claimOf slot: String, for registration: String) {
    guard let slot = try? SlotName(slot).slot,
      let registration = try? RegistrationID(name: registration)
    else { return nil }
    self = .claim(slot, registration)
  }

  private init?(_ foresight: Foresight?) {
    guard let foresight else { return nil }
    self = foresight
  }
}
