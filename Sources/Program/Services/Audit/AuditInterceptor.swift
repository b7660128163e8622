import AuditProof
import Domain
public import RPCCore
import Storage
import Synchronization

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

  /// The account of a stream of requests begins with the call itself, because it can be refused before there is a
  /// request; its digest is that of no bytes until the first one comes, and then that one's. What later ones ask for
  /// has an account of its own, see ``ExchangeCommands``.
  public func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws {
    guard let rule = desk.rules[call.method.fullName] else {
      return try await next(requests, responses, call)
    }
    let accounted = try await account(for: requests, call, rule)
    do {
      try await next(accounted, responses, call)
    } catch {
      throw await settle(Failure(error), call)
    }
  }

  private func begin(_ call: ServerCall, _ rule: MethodRule, request: [UInt8]) throws {
    let digest = Hash.sha256(request)
    try call.trailingMetadata.set(Self.digestMetadata, digest.description)
    call[AuditTrail.Key.self] = AuditTrail(
      method: call.method.fullName, requestDigest: digest,
      isPersonal: rule.disclosesPersonalData, secrets: desk.secrets)
  }

  private static let digestMetadata = "pasarela-request-digest"

  /// Begins the account of a call with a stream, and gives its requests back.
  private func account(
    for requests: RawRequests, _ call: ServerCall, _ rule: MethodRule
  ) async throws -> RawRequests {
    guard call.method.kind.hasOneRequest else {
      try begin(call, rule, request: [])
      let isFirst = Atomic(true)
      return requests.map { request in
        guard isFirst.exchange(false, ordering: .relaxed) else { return request }
        let digest = Hash.sha256(request)
        try call.trailingMetadata.set(Self.digestMetadata, digest.description)
        call[AuditTrail.Key.self]?.requestDigest = digest
        return request
      }
    }
    var iterator = requests.makeAsyncIterator()
    guard let request = try await iterator.next() else {
      throw RPCError(.unimplemented, "the method takes one request, there was none")
    }
    try begin(call, rule, request: request)
    return RawRequests(of: request)
  }

  /// The error that answers a failed call, which is in the log when this returns.
  private func settle(_ failure: Failure, _ call: ServerCall) async -> RPCError {
    guard let verdict = failure.verdict, let trail = call[AuditTrail.Key.self] else {
      return failure.answer
    }
    let reason = [failure.reason, trail.shownIdentity].compactMap { $0 }.joined(separator: ": ")
    var undone = trail.undone
    // What is denied at the door is the method, whatever the request names.
    undone.isDenied = failure.isAccessDenial && call[CallerKey.self] != nil
    do {
      let receipt = try await desk.store.write { [undone] tx in
        if failure.isAccessDenial { try tx.append(undone.denial(at: tx.now)) }
        return try tx.append(undone, verdict, response: nil, reason: reason)
      }
      try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
      return failure.answer
    } catch {
      // What cannot be written down is not answered; the caller learns that the store is in trouble.
      return Failure(error).answer
    }
  }
}
