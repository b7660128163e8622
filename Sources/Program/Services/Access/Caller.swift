import Domain
import RPCCore

/// Who is calling, for what: the result of the access check, handed down to the handler.
struct Caller: Sendable {
  /// The partner, role and user; the anonymous caller belongs to no partner of the programme.
  var actor: Actor
  /// The name that the partner's record lists; nil for the anonymous caller and the server itself.
  var identity: String?
  /// What the partner is; nil for the anonymous caller.
  var kind: PartnerKind?
  /// The partner's record, as the call was let in by it; nil for the anonymous caller and the server itself.
  var record: Partner?
  /// Whether a unit of work has found the record so.
  var isConfirmed = false
  /// What the call is for; nil only for methods that everybody may call.
  var purpose: Purpose?
  /// When the programme's clock had the call: what is checked before there is a unit of work is
  /// checked by this time.
  var callTime: Instant

  /// The caller of methods that are open to everybody.
  static func anonymous(at time: Instant) -> Caller {
    Caller(
      actor: Actor(partner: PartnerID(checked: "anonymous"), role: .anonymous, user: nil),
      callTime: time)
  }

  /// The partner of the caller.
  var partner: PartnerID { actor.partner }
  /// The role of the caller.
  var role: Role { actor.role }
}

/// Where the access interceptor leaves the ``Caller`` it has let pass for the handler.
enum CallerKey: ServerCallKey {
  typealias Value = Caller
}
