import AuditProof
import Domain
import Protobuf
import RPCCore
import Storage

extension Desk {
  /// Answers a call that changes something, once per `request_id`.
  ///
  /// The same request again gets the first answer and has no further effect; another request under
  /// the same id is refused with REQUEST_ID_REUSED (AIP-155). `body` runs inside one unit of work
  /// together with everything that must be committed with it; what it throws undoes all of it.
  ///
  /// - Parameters:
  ///   - id: the request's `request_id`
  ///   - name: the resource that it is about, or something within it; see ``Foresight/init(naming:)``
  ///   - foresight: what it is going to look at, where that is more
  ///   - validateOnly: make every check, change nothing, and log that it was asked (AIP-163)
  ///   - repeating: for a method whose answers tell of other cases than the one that the log's entry is about: judges
  ///     anew what of a kept answer may be told, and tells the log of those cases again
  func change<Request: Message, Response: Message>(
    _ request: Request, id: any WritableKeyPath<Request, String> & Sendable,
    about name: String = "", foreseeing foresight: Foresight? = nil, validateOnly: Bool = false,
    repeating: @escaping @Sendable (Response, inout Writing) throws -> Response = { answer, _ in
      answer
    },
    _ call: ServerCall, _ body: @escaping @Sendable (inout Writing) throws -> Response
  ) async throws -> Response {
    let (caller, trail) = try admission(of: call)
    var order = try order(request, id, caller, call)
    order.foresight = foresight ?? Foresight(naming: name)
    let answer: Answer<Response>
    do {
      answer = try await store.write { [order] tx in
        try perform(order, trail, tx, call, validateOnly: validateOnly, repeating, body)
      }
    } catch StoreError.conflict(.requestID) {
      // Its twin committed between our look and our record: now there is an answer to repeat.
      answer = try await store.write { [order] tx in
        try perform(order, trail, tx, call, validateOnly: validateOnly, repeating, body)
      }
    } catch let rehearsal as Rehearsal<Response> {
      let receipt = try await store.write { tx in
        try tx.append(
          rehearsal.trail.undone, response: rehearsal.response.serializedBytes(),
          reason: "validate_only")
      }
      answer = Answer(response: rehearsal.response, receipt: receipt)
    }
    watches.ring()
    try call.trailingMetadata.set(AuditReceipt.metadata, answer.receipt.text)
    return answer.response
  }

  /// One request, checked, with what makes it the same request again.
  struct Order: Sendable {
    var partner: PartnerID
    var method: String
    var requestID: String
    /// What the request is known again by, without its `request_id`.
    var digest: Digest
    /// SHA-256 of the same.
    var sha256: Digest
    /// What its handler is going to look at.
    var foresight: Foresight?
  }

  private func order<Request: Message>(
    _ request: Request, _ id: WritableKeyPath<Request, String>, _ caller: Caller,
    _ call: ServerCall
  ) throws -> Order {
    guard let requestID = RequestID(text: request[keyPath: id]) else {
      throw Refusal(
        .requestIdRequired, violations: [.init("request_id", "must be a UUID of version 4")])
    }
    try validator.check(request, now: caller.callTime)
    var bare = request
    bare[keyPath: id] = ""
    let sha256 = Hash.sha256(try bare.serializedBytes())
    return Order(
      partner: caller.partner, method: call.method.fullName, requestID: requestID.text,
      digest: secrets.fingerprint(of: sha256), sha256: sha256)
  }

  /// The unit of work itself.
  private func perform<Response: Message>(
    _ order: Order, _ trail: AuditTrail, _ tx: any StoreTransaction, _ call: ServerCall,
    validateOnly: Bool, _ repeating: (Response, inout Writing) throws -> Response,
    _ body: (inout Writing) throws -> Response
  ) throws -> Answer<Response> {
    var work = Writing(
      tx: tx, trail: trail, limits: limits, requestDigest: order.digest,
      requestSHA256: order.sha256, rule: rules[order.method], secrets: secrets)
    var isConfirmed = false
    do {
      try tx.foresee([
        .repetition(order.partner, method: order.method, requestID: order.requestID)
      ])
      try work.confirmAdmission(foreseeing: [order.foresight].compactMap(\.self))
      isConfirmed = true
      if let answer = try repeated(order, &work, repeating) { return answer }
      let response = try body(&work)
      if validateOnly { throw Rehearsal(response: response, trail: work.trail) }
      let bytes = try response.serializedBytes()
      try tx.record(
        IdempotencyRecord(
          partner: order.partner, method: order.method, requestID: order.requestID,
          requestDigest: order.digest, response: bytes,
          registration: work.trail.subject?.registration, referral: work.trail.subject?.referral,
          createTime: tx.now, expireTime: tx.now + IdempotencyRecord.retention))
      return Answer(response: response, receipt: try tx.append(work.trail, response: bytes))
    } catch {
      // The log must know which case the failure was about, and the unit is about to be undone.
      call[AuditTrail.Key.self] = work.trail
      call[CallerKey.self]?.isConfirmed = isConfirmed
      throw error
    }
  }

  /// The answer that the same request was given before; nil for a new one.
  private func repeated<Response: Message>(
    _ order: Order, _ work: inout Writing,
    _ repeating: (Response, inout Writing) throws -> Response
  ) throws -> Answer<Response>? {
    let kept = try work.tx.idempotencyRecord(
      partner: order.partner, method: order.method, requestID: order.requestID)
    guard let kept else { return nil }
    let bytes = try kept.replay(requestDigest: order.digest)
    // What has been closed to the caller since is closed to the repetition too.
    if let id = kept.referral {
      _ = try work.referral(id)
    } else if let id = kept.registration {
      _ = try work.registration(id)
    }
    let response = try repeating(try Response(serializedBytes: bytes), &work)
    return Answer(
      response: response,
      receipt: try work.tx.append(work.trail, response: response.serializedBytes()))
  }

  private struct Answer<Response: Sendable>: Sendable {
    var response: Response
    var receipt: AuditReceipt
  }

  /// Undoes a unit whose checks all passed, because nothing was to be changed.
  private struct Rehearsal<Response: Sendable>: Error {
    var response: Response
    var trail: AuditTrail
  }
}

/// The `request_id` of a change: a UUID of version 4 (AIP-155).
struct RequestID: Sendable, Hashable {
  /// Lower case, so that two spellings of one UUID are one id.
  let text: String

  init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
      case 14: guard byte == UInt8(ascii: "4") else { return nil }
      case 19: guard "89abAB".utf8.contains(byte) else { return nil }
      default:
        guard "0123456789abcdefABCDEF".utf8.contains(byte) else { return nil }
      }
    }
    self.text = text.lowercased()
  }
}
