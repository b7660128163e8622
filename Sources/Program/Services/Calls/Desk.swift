public import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
public import Storage

/// Where every handler works: it checks the request, runs the unit of work, and sees to it that
/// idempotency record, status events and audit entry are committed with it.
///
/// One for the whole server; may be used from any thread.
public struct Desk: Sendable {
  let store: any Store
  let rules: MethodRules
  let validator: RequestValidator
  let limits: Limits
  let secrets: Secrets?
  let seal = Seal()

  /// A desk over a store.
  ///
  /// - Parameter secrets: the deployment's keys; without them document numbers get no blind index
  /// - Throws: when the compiled schema lacks an annotation, which is a defect of the build.
  public init(
    store: any Store, limits: Limits = .standard, secrets: Secrets? = nil
  ) throws {
    self.store = store
    self.limits = limits
    self.secrets = secrets
    rules = try MethodRules()
    validator = try RequestValidator()
  }

  /// Writes a refusal into the log, with its true reason, before it is answered.
  func recordDenial(_ refusal: Refusal, by caller: Caller, call: ServerCall) async throws {
    try await record(refusal, AuditTrail(call: call, caller: caller), call)
  }

  /// The error that answers a failed unit of work; a refusal is in the log when this returns.
  func settle(_ error: any Error, _ trail: AuditTrail, _ call: ServerCall) async -> RPCError {
    guard let refusal = Failure.refusal(for: error) else {
      return Failure.error(forDefect: error)
    }
    do {
      // An overloaded store is not made better by one more write; nothing was looked at either.
      if refusal.reason != .overloaded { try await record(refusal, trail, call) }
      return Failure.error(for: refusal)
    } catch {
      return Failure.refusal(for: error).map(Failure.error) ?? Failure.error(forDefect: error)
    }
  }

  private func record(
    _ refusal: Refusal, _ trail: AuditTrail, _ call: ServerCall
  ) async throws {
    let receipt = try await store.write { tx in
      try tx.append(
        trail.entry(.deny, response: nil, reason: refusal.internalReason, at: tx.now))
    }
    try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
  }

  /// The caller that the access interceptor has let pass.
  func caller(of call: ServerCall) throws(RPCError) -> Caller {
    guard let caller = call[CallerKey.self] else {
      throw RPCError(.internal, "the method is served without its access check")
    }
    return caller
  }
}

extension Refusal {
  /// The reason as the log has it: the published name and the sentence.
  var internalReason: String { "\(reason.rawValue): \(message)" }
}
