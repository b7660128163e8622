import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ReferralDesk {
  public func acknowledgeReferral(
    _ request: SafeMobility.AcknowledgeReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.AcknowledgeReferralResponse {
    let response: SafeMobility.AcknowledgeReferralResponse = try await desk.change(
      request, id: \.requestId, about: request.name, call
    ) { work in
      let digest = try Digest(request.releaseSha256).known("release_sha256")
      let partner = work.caller.partner
      let receipt = try work.receipt(by: request.keyId, request.signature, over: digest)
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.acknowledge(releaseDigest: digest, receipt: receipt, by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
    try desk.sign(response.referral, call)
    return response
  }

  public func acceptReferral(
    _ request: SafeMobility.AcceptReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.AcceptReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let partner = work.caller.partner
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.accept(
          partnerCaseReference: request.partnerCaseRef, by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func returnReferral(
    _ request: SafeMobility.ReturnReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.ReturnReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try ReferralReason(request.reason, field: "reason")
      let partner = work.caller.partner
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.returnToSender(reason, by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func advanceReferral(
    _ request: SafeMobility.AdvanceReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.AdvanceReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let partner = work.caller.partner
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.advance(by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func rejectReferral(
    _ request: SafeMobility.RejectReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.RejectReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try ReferralReason(request.reason, field: "reason")
      let partner = work.caller.partner
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.reject(reason, by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func recallReferral(
    _ request: SafeMobility.RecallReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.RecallReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try ReferralReason(request.reason, field: "reason")
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.recall(reason, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func requestWithdrawal(
    _ request: SafeMobility.RequestWithdrawalRequest, call: ServerCall
  ) async throws -> SafeMobility.RequestWithdrawalResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.requestWithdrawal(.applicantRequest, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func confirmWithdrawal(
    _ request: SafeMobility.ConfirmWithdrawalRequest, call: ServerCall
  ) async throws -> SafeMobility.ConfirmWithdrawalResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let partner = work.caller.partner
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.confirmWithdrawal(by: partner, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func closeReferral(
    _ request: SafeMobility.CloseReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.CloseReferralResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let informed = try request.informTime.flatMap { Instant($0) }.known("inform_time")
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.close(informTime: informed, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }

  public func recordAdvice(
    _ request: SafeMobility.RecordAdviceRequest, call: ServerCall
  ) async throws -> SafeMobility.RecordAdviceResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let referral = try work.referral(ReferralID(name: request.name))
      let pathway = try work.found(try work.tx.pathway(referral.pathway))
      let registration = try work.found(try work.tx.registration(referral.registration))
      let lack = try work.lack(for: pathway.id, of: registration)
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.recordAdvice(pathway: pathway, lack: lack, at: now)
      }
      return try .with { $0.referral = try work.message(for: moved) }
    }
  }
}

extension Writing {
  /// Makes one move of a referral that asks for nothing besides.
  fileprivate mutating func move(
    _ name: String, _ etag: String,
    _ event: (inout ReferralMachine, Instant) throws(Refusal) -> Change<Referral>
  ) throws -> Referral {
    var machine = ReferralMachine(try referral(named: name, etag: etag), limits: limits)
    let change = try event(&machine, now)
    try store(change)
    return change.entity
  }
}
