import AuditProof
import Domain
public import RPCCore
import Storage

/// Keeps the account of every call: what fails, before its handler or in it, is in the log with its
/// true reason before it is answered (INV-16). It stands around everything else that can refuse.
public struct AuditInterceptor: ServerInterceptor {
  private let desk: Desk

  /// Keeps the account of handlers that work at `desk`.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    guard let rule = desk.rules[call.method.fullName] else { return try await next(request, call) }
    try begin(call, rule, request: request)
    do {
      return try await next(request, call)
    } catch {
      throw await settle(Failure(error), call)
    }
  }

  /// The account begins with the digest of the one request; of a stream of requests it could say no
  /// such thing, so none is served.
  public func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws {
    guard let rule = desk.rules[call.method.fullName] else {
      return try await next(requests, responses, call)
    }
    var iterator = requests.makeAsyncIterator()
    guard call.method.kind.hasOneRequest, let request = try await iterator.next() else {
      throw RPCError(.unimplemented, "streams of requests are not served here")
    }
    try begin(call, rule, request: request)
    do {
      try await next(RawRequests(of: request), responses, call)
    } catch {
      throw await settle(Failure(error), call)
    }
  }

  private func begin(_ call: ServerCall, _ rule: MethodRule, request: [UInt8]) throws {
    let digest = Hash.sha256(request)
    try call.trailingMetadata.set("pasarela-request-digest", digest.description)
    call[AuditTrail.Key.self] = AuditTrail(
      method: call.method.fullName, requestDigest: digest,
      isPersonal: rule.disclosesPersonalData, secrets: desk.secrets)
  }

  /// The error that answers a failed call, which is in the log when this returns.
  private func settle(_ failure: Failure, _ call: ServerCall) async -> RPCError {
    guard let verdict = failure.verdict, let trail = call[AuditTrail.Key.self] else {
      return failure.answer
    }
    let reason = [failure.reason, trail.shownIdentity].compactMap { $0 }.joined(separator: ": ")
    do {
      let receipt = try await desk.store.write { tx in
        if failure.isAccessDenial { try tx.append(trail.denial(at: tx.now)) }
        return try tx.append(trail.undone, verdict, response: nil, reason: reason)
      }
      try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
      return failure.answer
    } catch {
      // What cannot be written down is not answered; the caller learns that the store is in trouble.
      return Failure(error).answer
    }
  }
}
