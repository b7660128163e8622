import Domain
import RPCCore

/// Who is calling, for what: the result of the access check, handed down to the handler.
struct Caller: Sendable {
  /// The partner, role and user; the anonymous caller belongs to no partner of the programme.
  var actor: Actor
  /// What the call is for; nil only for methods that everybody may call.
  var purpose: Purpose?

  /// The partner, role and user that methods open to everybody are called by.
  static let anonymous = Caller(
    actor: Actor(partner: PartnerID(checked: "anonymous"), role: .anonymous, user: "anonymous"))

  /// The partner of the caller.
  var partner: PartnerID { actor.partner }
  /// The role of the caller.
  var role: Role { actor.role }
}

/// Where the access interceptor leaves the ``Caller`` for the handler.
enum CallerKey: ServerCallKey {
  typealias Value = Caller
}
