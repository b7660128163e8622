import Domain
public import RPCCore
import Storage

/// Decides, before a request is read, whether its caller may call the method at all: by the partner's record as it is
/// known here, which the call's own unit of work then confirms; see ``KnownPartners``.
///
/// The order is fixed: identity, purpose, access (domain § 7). What the method then does with which
/// record is narrowed again where the record is loaded. It only refuses; ``AuditInterceptor``, which
/// is around it, has the refusal in the log before it is answered (INV-16).
public struct AccessInterceptor: ServerInterceptor {
  static let purposeMetadata = "pasarela-purpose"

  private let desk: Desk

  /// Checks the callers of handlers that work at `desk`.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    guard let rule = desk.rules[call.method.fullName] else { return try await next(request, call) }
    let identity = try CallerIdentity(call)
    if admitAsKnown(identity, call, rule) {
      do {
        return try await next(request, call)
      } catch  where call[CallerKey.self]?.isConfirmed != true && Self.tellsOfTheMethod(error) {
        try await admit(identity, call, rule)
        guard error is OutdatedAdmission else { throw error }
      }
    } else {
      try await admit(identity, call, rule)
    }
    for _ in 0..<Self.admissionCountMax {
      do {
        return try await next(request, call)
      } catch is OutdatedAdmission {
        try await admit(identity, call, rule)
      }
    }
    throw RPCError(.unavailable, "the partner's record changes all the time; try again")
  }

  /// How often a caller is let in whose partner's record has changed before the call was served.
  private static let admissionCountMax = 5

  /// Whether an error is only for those who may call: what the method found wrong, not what kept the store from
  /// answering.
  private static func tellsOfTheMethod(_ error: any Error) -> Bool {
    error is OutdatedAdmission || error is Refusal || error is RPCError
  }

  /// A stream outlives what its partner's record says, and looks at it again and again by itself.
  public func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws {
    if let rule = desk.rules[call.method.fullName] {
      try await admit(try CallerIdentity(call), call, rule)
    }
    try await next(requests, responses, call)
  }

  /// Whether the call is let in by what is known of its partner; it is yet to be confirmed.
  private func admitAsKnown(
    _ identity: CallerIdentity?, _ call: ServerCall, _ rule: MethodRule
  ) -> Bool {
    guard let identity, let partner = desk.partners[identity.uri] else { return false }
    call[AuditTrail.Key.self]?.meet(identity.uri)
    return (try? admit(identity, partner, call, rule, at: desk.store.now)) != nil
  }

  /// Refuses the call by what the store says, or leaves its caller in it.
  private func admit(
    _ identity: CallerIdentity?, _ call: ServerCall, _ rule: MethodRule
  ) async throws {
    call[CallerKey.self] = nil
    call[AuditTrail.Key.self]?.meet(identity?.uri)
    guard let identity else { return try admit(nil, nil, call, rule, at: desk.store.now) }
    let (now, partner) = try await desk.store.read { reader in
      (reader.now, try reader.partner(identity: identity.uri))
    }
    desk.partners.learn(partner, of: identity.uri)
    try admit(identity, partner, call, rule, at: now)
  }

  private func admit(
    _ identity: CallerIdentity?, _ partner: Partner?, _ call: ServerCall, _ rule: MethodRule,
    at now: Instant
  ) throws {
    var caller = try self.caller(identity, partner, call, rule, at: now)
    call[AuditTrail.Key.self]?.know(caller)
    try name(&caller, by: call, rule)
    call[AuditTrail.Key.self]?.know(caller)
    try rule.check(caller.role, caller.purpose, permitted: partner?.purposes ?? [])
    call[CallerKey.self] = caller
  }

  /// The caller, its role and purpose as it states them, not yet whether they suffice.
  private func caller(
    _ identity: CallerIdentity?, _ partner: Partner?, _ call: ServerCall, _ rule: MethodRule,
    at now: Instant
  ) throws(RPCError) -> Caller {
    guard let identity else {
      if rule.isAnonymous { return .anonymous(at: now) }
      throw RPCError(
        .unauthenticated, "the method needs a client certificate that names a partner")
    }
    // One that is not believed is refused even where none is needed: its owner must notice.
    guard let partner, let role = Role(name: identity.roleName), role.isCertified else {
      throw RPCError(
        .unauthenticated,
        "\(identity.uri) is on no partner's record; ask for it to be registered")
    }
    return Caller(
      actor: Actor(partner: partner.id, role: role, user: nil), identity: identity.uri,
      kind: partner.kind, record: partner,
      purpose: call.requestMetadata[Self.purposeMetadata].flatMap { Purpose(name: $0) },
      callTime: now)
  }

  /// Says which person calls, as the partner names it.
  ///
  /// An applicant's partner is the portal: whose the record is must be said, and cannot be left to a
  /// name that all applicants would share.
  private func name(
    _ caller: inout Caller, by call: ServerCall, _ rule: MethodRule
  ) throws(RPCError) {
    guard caller.role != .anonymous else { return }
    caller.actor.user = try EndUser(call.requestMetadata)?.name
    guard caller.role != .applicant || caller.actor.user != nil || rule.isAnonymous else {
      throw RPCError(
        .unauthenticated, "an applicant's call must name the applicant in \(EndUser.metadata)")
    }
  }
}

/// The person or system that a partner calls for, by the partner's own, stable name.
///
/// The partner vouches for it as for everything its systems send: a certificate belongs to a system,
/// and only the partner knows who sits in front of it.
struct EndUser {
  static let metadata = "pasarela-end-user"
  /// The longest name, in bytes.
  private static let lengthMax = 128

  let name: String

  /// nil when the call names nobody.
  init?(_ metadata: Metadata) throws(RPCError) {
    let names = metadata.values(for: Self.metadata)
    guard let name = names.first else { return nil }
    guard names.count == 1, (1...Self.lengthMax).contains(name.utf8.count) else {
      throw RPCError(
        .unauthenticated, "\(Self.metadata) must be 1 to \(Self.lengthMax) bytes, once")
    }
    self.name = name
  }
}
