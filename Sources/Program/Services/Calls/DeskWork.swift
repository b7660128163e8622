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
    guard let entity else { throw Refusal(.accessDenied) }
    return entity
  }

  /// The registration of that id, if the caller may reach it. From here on the log knows the case.
  mutating func registration(_ id: RegistrationID) throws -> Registration {
    let registration = try found(try reader.registration(id))
    try concern(id)
    guard try Reach(caller: trail.caller, reader: reader).includes(registration) else {
      throw Refusal(.accessDenied)
    }
    return registration
  }

  /// Tells the log which case the call is about.
  mutating func concern(_ id: RegistrationID) throws {
    trail.subject = AuditTrail.Subject(registration: id, key: try reader.caseKey(of: id))
  }
}
