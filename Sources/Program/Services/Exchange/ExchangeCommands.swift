import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI

/// Does the commands of an exchange: each is the unary call of its name, through the very interceptors and handler,
/// by the caller and for the purpose of the stream.
struct ExchangeCommands: Sendable {
  private let router: Router
  private let stream: ServerCall

  /// - Parameter stream: the call of the exchange
  init(at desk: Desk, in stream: ServerCall) {
    router = ProgrammeServices.router(of: [ReferralDesk(desk: desk)], at: desk)
    self.stream = stream
  }

  /// What comes of a command, be it a refusal or a failure.
  ///
  /// - Throws: FIELD_INVALID for a command without a move; `CancellationError` when the call is over
  func result(
    of command: SafeMobility.ExchangeCommand
  ) async throws -> SafeMobility.ExchangeResult {
    typealias Methods = SafeMobility.ReferralServiceMethods
    switch command.command {
    case .acknowledgeReferral(let request):
      return try await result(Methods.acknowledgeReferral, request, request.requestId) {
        try SafeMobility.AcknowledgeReferralResponse(serializedBytes: $0).referral
      }
    case .acceptReferral(let request):
      return try await result(Methods.acceptReferral, request, request.requestId) {
        try SafeMobility.AcceptReferralResponse(serializedBytes: $0).referral
      }
    case .returnReferral(let request):
      return try await result(Methods.returnReferral, request, request.requestId) {
        try SafeMobility.ReturnReferralResponse(serializedBytes: $0).referral
      }
    case .advanceReferral(let request):
      return try await result(Methods.advanceReferral, request, request.requestId) {
        try SafeMobility.AdvanceReferralResponse(serializedBytes: $0).referral
      }
    case .recordDecision(let request):
      return try await result(Methods.recordDecision, request, request.requestId) {
        try SafeMobility.RecordDecisionResponse(serializedBytes: $0).referral
      }
    case .rejectReferral(let request):
      return try await result(Methods.rejectReferral, request, request.requestId) {
        try SafeMobility.RejectReferralResponse(serializedBytes: $0).referral
      }
    case .confirmWithdrawal(let request):
      return try await result(Methods.confirmWithdrawal, request, request.requestId) {
        try SafeMobility.ConfirmWithdrawalResponse(serializedBytes: $0).referral
      }
    case nil:
      throw Refusal.field("command.command", "is no move that is known here; name one of the seven")
    }
  }

  private func result(
    _ method: MethodDescriptor, _ request: some Message, _ requestID: String,
    _ referral: ([UInt8]) throws -> SafeMobility.Referral?
  ) async throws -> SafeMobility.ExchangeResult {
    guard case .unary(let body) = router.handler(forPath: method.path)?.invocation else {
      throw RPCError(.internal, "\(method) is not served")
    }
    let call = ServerCall(
      method: method, requestMetadata: stream.requestMetadata, deadline: stream.deadline,
      peer: stream.peer, startedAt: .now)
    var result = SafeMobility.ExchangeResult()
    result.requestId = requestID
    do {
      let answer = try await body(request.serializedBytes(), call)
      result.result = try referral(answer).map { .referral($0) }
    } catch let error as RPCError {
      try Task.checkCancellation()
      result.result = .status(.init(error))
    }
    result.trailers = call.trailingMetadata.compactMap { field in
      guard case .string(let text) = field.value else { return nil }
      return .with {
        $0.name = field.name
        $0.value = text
      }
    }
    return result
  }
}

extension SafeMobility.CallStatus {
  /// What a unary call would fail with, with its details where it has some.
  init(_ error: RPCError) {
    // Field by field and on the wire the same as google.rpc.Status.
    if let details = error.details, let status = try? Self(serializedBytes: details) {
      self = status
    } else {
      self.init()
      code = Int32(error.code.rawValue)
      message = error.message
    }
  }
}
