import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

/// A partner's exchange, spoken by hand.
final class ExchangeStream {
  typealias Message = SafeMobility.ExchangeResponse.Message

  let call: BidirectionalStreamingCall<SafeMobility.ExchangeRequest, SafeMobility.ExchangeResponse>
  private var iterator: ResponseIterator<SafeMobility.ExchangeResponse>
  /// What has come and was not asked for yet.
  private var kept: [Message] = []

  init(_ caller: WorldCaller, metadata: Metadata = [:]) {
    call = caller.referrals.exchange(metadata: metadata, options: CallOptions())
    iterator = call.makeAsyncIterator()
  }

  /// An exchange that has said hello. A server that refuses may end the call while the hello is still
  /// being written; the reading side then tells why, so a write that failed for it is no error here.
  static func begun(
    _ caller: WorldCaller, from token: String = "", maxInFlight: Int32 = 0
  ) async throws -> ExchangeStream {
    let stream = ExchangeStream(caller)
    do { try await stream.hello(from: token, maxInFlight: maxInFlight) } catch is RPCError {}
    return stream
  }

  func hello(from token: String = "", maxInFlight: Int32 = 0) async throws {
    try await send(
      .hello(
        .with {
          $0.resumeToken = token
          $0.maxInFlight = maxInFlight
        }))
  }

  func ack(_ number: Int64) async throws { try await send(.ack(.with { $0.eventNo = number })) }

  func command(_ command: SafeMobility.ExchangeCommand.Command) async throws {
    try await send(.command(.with { $0.command = command }))
  }

  func send(_ message: SafeMobility.ExchangeRequest.Message?) async throws {
    try await call.write(.with { $0.message = message })
  }

  /// The next message, whatever it is; nil at the end.
  func next() async throws -> Message? {
    if !kept.isEmpty { return kept.removeFirst() }
    return try await iterator.next()?.message
  }

  private func first<Found>(_ pick: (Message) -> Found?) async throws -> Found {
    for (index, message) in kept.enumerated() {
      guard let found = pick(message) else { continue }
      kept.remove(at: index)
      return found
    }
    while let message = try await iterator.next()?.message {
      if let found = pick(message) { return found }
      kept.append(message)
    }
    throw Ended()
  }

  struct Ended: Error {}

  func work() async throws -> SafeMobility.ExchangeWork {
    try await first { if case .work(let work) = $0 { work } else { nil } }
  }

  func result() async throws -> SafeMobility.ExchangeResult {
    try await first { if case .result(let result) = $0 { result } else { nil } }
  }

  func bookmark() async throws -> String {
    try await first { if case .bookmark(let bookmark) = $0 { bookmark.resumeToken } else { nil } }
  }

  func reset() async throws -> String {
    try await first { if case .reset(let reset) = $0 { reset.resumeToken } else { nil } }
  }

  /// Sends a command and waits for what came of it.
  func done(
    _ command: SafeMobility.ExchangeCommand.Command
  ) async throws -> SafeMobility.ExchangeResult {
    try await self.command(command)
    return try await result()
  }
}

extension SafeMobility.ExchangeResult {
  /// What was refused, as the unary call would say it; nil for a referral.
  var refusal: Refused? {
    guard case .status(let status) = result,
      let bytes = try? status.serializedBytes()
    else { return nil }
    return Refused(
      RPCError(StatusCode(rawValue: Int(status.code)), status.message, details: bytes))
  }

  var referral: SafeMobility.Referral? {
    if case .referral(let referral) = result { referral } else { nil }
  }

  func trailer(_ name: String) -> String? { trailers.first { $0.name == name }?.value }
}

extension SafeMobility.AcknowledgeReferralRequest {
  /// The receipt for a referral as it is now.
  init(receiving referral: SafeMobility.Referral) {
    self.init()
    name = referral.name
    etag = referral.etag
    releaseSha256 = referral.release?.releaseSha256 ?? []
    requestId = requestID()
  }
}

extension SafeMobility.AcceptReferralRequest {
  /// The acceptance of a referral as it is now.
  init(accepting referral: SafeMobility.Referral) {
    self.init()
    name = referral.name
    etag = referral.etag
    partnerCaseRef = "CASE-1"
    requestId = requestID()
  }
}

extension SafeMobility.RequestWithdrawalRequest {
  /// Asks for a referral as it is now.
  init(of referral: SafeMobility.Referral) {
    self.init()
    name = referral.name
    etag = referral.etag
    requestId = requestID()
  }
}

extension SafeMobility.ConfirmWithdrawalRequest {
  /// Gives a referral back as it is now.
  init(of referral: SafeMobility.Referral) {
    self.init()
    name = referral.name
    etag = referral.etag
    requestId = requestID()
  }
}

extension WatchCase {
  /// The applicants take back the first of their consents.
  func withdrawConsent() async throws {
    let agent = world.caller("unhcr/CONTACT_CENTRE").applicants
    let consents = try await agent.listConsents(
      .with { $0.parent = "registrations/\(scene.registration)" })
    let one = try #require(consents.consents.first)
    _ = try await agent.withdrawConsent(
      .with {
        $0.name = one.name
        $0.etag = one.etag
        $0.requestId = requestID()
      })
  }
}
