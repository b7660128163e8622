internal import Protobuf
public import RPCCore
public import SafeMobilityAPI

// Each does what the unary call of its name does, on the exchange's stream; without a `request_id` it gets one.
extension PartnerExchange {
  /// SENT → RECEIVED, by a receipt over the digest of the release.
  public func acknowledgeReferral(
    _ request: SafeMobility.AcknowledgeReferralRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.acknowledgeReferral(filled(request, \.requestId)))
  }

  /// SENT or RECEIVED → ACCEPTED, with the partner's own case number.
  public func acceptReferral(
    _ request: SafeMobility.AcceptReferralRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.acceptReferral(filled(request, \.requestId)))
  }

  /// RECEIVED or ACCEPTED → RETURNED, with a reason.
  public func returnReferral(
    _ request: SafeMobility.ReturnReferralRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.returnReferral(filled(request, \.requestId)))
  }

  /// ACCEPTED → IN_PROCESS.
  public func advanceReferral(
    _ request: SafeMobility.AdvanceReferralRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.advanceReferral(filled(request, \.requestId)))
  }

  /// IN_PROCESS or WITHDRAWAL_REQUESTED → DECIDED.
  public func recordDecision(
    _ request: SafeMobility.RecordDecisionRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.recordDecision(filled(request, \.requestId)))
  }

  /// SENT or RECEIVED → REJECTED, with a reason.
  public func rejectReferral(
    _ request: SafeMobility.RejectReferralRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.rejectReferral(filled(request, \.requestId)))
  }

  /// WITHDRAWAL_REQUESTED → WITHDRAWN.
  public func confirmWithdrawal(
    _ request: SafeMobility.ConfirmWithdrawalRequest
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(.confirmWithdrawal(filled(request, \.requestId)))
  }

  private func perform(
    _ move: SafeMobility.ExchangeCommand.Command
  ) async throws(RPCError) -> SafeMobility.Referral {
    try await perform(SafeMobility.ExchangeCommand.with { $0.command = move })
  }

  private func filled<Request>(
    _ request: Request, _ id: WritableKeyPath<Request, String>
  ) -> Request {
    guard request[keyPath: id].isEmpty else { return request }
    var request = request
    request[keyPath: id] = makeRequestID()
    return request
  }
}

extension SafeMobility.ExchangeResult {
  /// The referral after the move.
  ///
  /// - Throws: what the unary call would have thrown
  func referralAfter() throws(RPCError) -> SafeMobility.Referral {
    switch result {
    case .referral(let referral): return referral
    case .status(let status):
      throw RPCError(
        StatusCode(rawValue: Int(status.code)), status.message,
        details: try? status.serializedBytes(), metadata: metadata)
    case nil: throw RPCError(.unimplemented, "the result is none that this client knows")
    }
  }

  private var metadata: Metadata {
    var metadata = Metadata()
    // One that is no legal metadata is no loss.
    for trailer in trailers { try? metadata.append(trailer.name, trailer.value) }
    return metadata
  }
}
