import Domain
import Protobuf
import RPCCore
import Storage

extension Desk {
  /// Answers a call that changes nothing.
  ///
  /// Where the schema says that the answer may hold personal data, the disclosure is committed to
  /// the audit log before this returns, so before its first byte can leave (INV-16).
  func read<Request: Message, Response: Message>(
    _ request: Request, _ call: ServerCall,
    _ body: @escaping @Sendable (inout Reading) throws -> Response
  ) async throws -> Response {
    let caller = try caller(of: call)
    let trail = AuditTrail(call: call, caller: caller)
    do {
      try validator.check(request, now: await now())
      guard rules[call.method.fullName]?.disclosesPersonalData == true else {
        return try await store.read { reader in
          var work = Reading(reader: reader, trail: trail, seal: seal)
          return try body(&work)
        }
      }
      return try await disclose(trail, call, body)
    } catch {
      throw await settle(error, trail, call)
    }
  }

  private func disclose<Response: Message>(
    _ trail: AuditTrail, _ call: ServerCall,
    _ body: @escaping @Sendable (inout Reading) throws -> Response
  ) async throws -> Response {
    let (response, receipt) = try await store.write { tx in
      var work = Reading(reader: tx, trail: trail, seal: seal)
      let response = try body(&work)
      let entry = work.trail.entry(
        .allow, response: try response.serializedBytes(), reason: nil, at: tx.now)
      return (response, try tx.append(entry))
    }
    try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
    return response
  }

  /// The store's clock, for checks made before there is a unit of work.
  func now() async throws -> Instant { try await store.read { $0.now } }
}
