import Domain
import Protobuf
import RPCCore
import Storage

extension Desk {
  /// Answers a call that changes nothing.
  ///
  /// Where the schema says that the answer may hold personal data, the disclosure is committed to
  /// the audit log before this returns, so before its first byte can leave (INV-16).
  ///
  /// - Parameters:
  ///   - name: the resource that it is about, or something within it; see ``Foresight/init(naming:)``
  ///   - foresights: what it is going to look at, where that is more
  func read<Request: Message, Response: Message>(
    _ request: Request, about name: String = "", foreseeing foresights: [Foresight]? = nil,
    _ call: ServerCall,
    _ body: @escaping @Sendable (inout Reading) throws -> Response
  ) async throws -> Response {
    let (caller, trail) = try admission(of: call)
    try validator.check(request, now: caller.callTime)
    let foresights = foresights ?? [Foresight(naming: name)].compactMap(\.self)
    guard rules[call.method.fullName]?.disclosesPersonalData == true else {
      return try await store.read { reader in
        let work = Reading(reader: reader, trail: trail, seal: secrets.pageSeal)
        return try perform(work, foresights, call, body).0
      }
    }
    let (response, receipt) = try await store.write(.disclosure) { tx in
      let work = Reading(reader: tx, trail: trail, seal: secrets.pageSeal)
      let (response, trail) = try perform(work, foresights, call, body)
      return (response, try tx.append(trail, response: response.serializedBytes()))
    }
    try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
    return response
  }

  /// Runs the handler's part, and keeps what the log is to say of it when it fails.
  private func perform<Response>(
    _ work: Reading, _ foresights: [Foresight], _ call: ServerCall,
    _ body: (inout Reading) throws -> Response
  ) throws -> (Response, AuditTrail) {
    var work = work
    var isConfirmed = false
    do {
      try work.confirmAdmission(foreseeing: foresights)
      isConfirmed = true
      return (try body(&work), work.trail)
    } catch {
      call[AuditTrail.Key.self] = work.trail
      call[CallerKey.self]?.isConfirmed = isConfirmed
      throw error
    }
  }
}
