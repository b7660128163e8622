import Domain
import Storage

/// What reads and changes have in common: a state of the store, a caller, and what the log will say.
protocol DeskWork {
  /// What can be read.
  var reader: any StoreReader { get }
  /// What the log will say.
  var trail: AuditTrail { get set }
}

extension Reading: DeskWork {}
extension Writing: DeskWork {
  var reader: any StoreReader { tx }
}

extension DeskWork {
  /// Loads what a finder finds, or denies: the absent and the hidden answer alike.
  func found<Entity>(_ entity: Entity?) throws(Refusal) -> Entity {
    guard let entity else { throw .denied(.absent) }
    return entity
  }

  /// The registration of that id, if the caller may reach it. From here on the log knows the case.
  mutating func registration(_ id: RegistrationID) throws -> Registration {
    guard let registration = try reader.registration(id) else { try denyAbsent(id) }
    try concern(id)
    guard try Reach(caller: trail.caller, reader: reader).includes(registration) else {
      throw Refusal.denied(.outOfReach)
    }
    return registration
  }

  /// Denies a registration that is not there by as much work as one that is hidden, or time would tell them apart.
  func denyAbsent(_ id: RegistrationID) throws -> Never {
    _ = try reader.caseKey(of: id)
    try Reach(caller: trail.caller, reader: reader).lookInVain(for: id)
    throw Refusal.denied(.absent)
  }

  /// Tells the log which case the call is about, and through which referral where it is by one.
  mutating func concern(_ id: RegistrationID, by referral: ReferralID? = nil) throws {
    trail.subject = AuditTrail.Subject(
      registration: id, referral: referral, key: try reader.caseKey(of: id))
  }
}
