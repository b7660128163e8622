import Domain
public import RPCCore

/// Decides, before a request is read, whether its caller may call the method at all.
///
/// The order is fixed: identity, purpose, access (domain § 7). What the method then does with which
/// record is narrowed again where the record is loaded. Denials are in the audit log before they
/// are answered (INV-16).
public struct AccessInterceptor: ServerInterceptor {
  static let purposeMetadata = "pasarela-purpose"
  static let endUserMetadata = "pasarela-end-user"

  private let desk: Desk

  /// Checks the callers of handlers that work at `desk`.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    guard let rule = desk.rules[call.method.fullName] else { return try await next(request, call) }
    let digest = Hash.sha256(request)
    call[RequestDigestKey.self] = digest
    try call.trailingMetadata.set("pasarela-request-digest", digest.description)
    let caller = try identify(call, rule)
    do throws(Refusal) {
      try check(caller, rule)
    } catch {
      try await desk.recordDenial(error, by: caller, call: call)
      throw Failure.error(for: error)
    }
    call[CallerKey.self] = caller
    return try await next(request, call)
  }

  /// The caller, its role and purpose as it states them, not yet whether they suffice.
  private func identify(_ call: ServerCall, _ rule: MethodRule) throws(RPCError) -> Caller {
    let identity: CallerIdentity?
    do {
      identity = try CallerIdentity(peer: call.peer, metadata: call.requestMetadata)
    } catch {
      throw RPCError(.unauthenticated, error.reason)
    }
    guard let identity else {
      if rule.isAnonymous { return .anonymous }
      throw RPCError(.unauthenticated, "the method needs a client certificate that names a partner")
    }
    guard let role = Role(name: identity.roleName), role != .system, role != .anonymous else {
      throw RPCError(.unauthenticated, "the certificate's role is none of the programme's")
    }
    let user = call.requestMetadata[Self.endUserMetadata] ?? identity.roleName
    return Caller(
      actor: Actor(partner: identity.partner, role: role, user: user),
      purpose: call.requestMetadata[Self.purposeMetadata].flatMap { Purpose(name: $0) })
  }

  private func check(_ caller: Caller, _ rule: MethodRule) throws(Refusal) {
    if rule.isAnonymous { return }
    guard let purpose = caller.purpose else { throw Refusal(.purposeRequired) }
    guard rule.admits(caller.role) else { throw Refusal(.accessDenied) }
    guard rule.purposes.isEmpty || rule.purposes.contains(purpose) else {
      throw Refusal(.accessDenied)
    }
  }
}

/// Where the interceptor leaves the SHA-256 of the request's bytes for the handler.
enum RequestDigestKey: ServerCallKey {
  typealias Value = Digest
}
