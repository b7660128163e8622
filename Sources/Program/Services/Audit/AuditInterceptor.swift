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
    let digest = Hash.sha256(request)
    try call.trailingMetadata.set("pasarela-request-digest", digest.description)
    call[AuditTrail.Key.self] = AuditTrail(
      method: call.method.fullName, requestDigest: digest, userKey: desk.secrets.userKey)
    do {
      return try await next(request, call)
    } catch {
      throw await settle(Failure(error), call)
    }
  }

  /// The error that answers a failed call, which is in the log when this returns.
  private func settle(_ failure: Failure, _ call: ServerCall) async -> RPCError {
    guard let verdict = failure.verdict, let trail = call[AuditTrail.Key.self] else {
      return failure.answer
    }
    do {
      let receipt = try await desk.store.write { tx in
        try tx.append(trail.entry(verdict, response: nil, reason: failure.reason, at: tx.now))
      }
      try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
      return failure.answer
    } catch {
      // What cannot be written down is not answered; the caller learns that the store is in trouble.
      return Failure(error).answer
    }
  }
}
