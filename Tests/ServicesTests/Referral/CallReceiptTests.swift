import AuditProof
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Testing

/// What both sides of a referral get in hand: the server's signature under the request and its entry in the log.
@Suite("Receipts of calls")
struct CallReceiptTests {
  typealias Methods = SafeMobility.ReferralServiceMethods

  private func key() throws -> NoteKey {
    try #require(NoteKey(text: World.secrets.checkpointKey))
  }

  @Test("sending and acknowledging are signed for, and under nothing but themselves")
  func signed() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    let send = SafeMobility.SendReferralRequest.with {
      ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID())
    }
    let caseworker = scene.world.caller("unhcr/CASEWORKER").client
    let sent = try await caseworker.unary(
      Methods.sendReferral, send, as: SafeMobility.SendReferralResponse.self)
    let release = try #require(sent.message.referral?.release)
    try expectSigned(sent.trailingMetadata, Methods.sendReferral, send, release)
    let referral = try await scene.caseworker.getReferral(.with { $0.name = draft.name }).referral
    let acknowledge = SafeMobility.AcknowledgeReferralRequest(receiving: try #require(referral))
    let pathway = try #require(ReferenceData.pathway(.h2a))
    let officer = scene.world.caller(
      "\(pathway.authorities[0])/PARTNER_OFFICER", purpose: pathway.purpose.name
    ).client
    let received = try await officer.unary(
      Methods.acknowledgeReferral, acknowledge, as: SafeMobility.AcknowledgeReferralResponse.self)
    try expectSigned(received.trailingMetadata, Methods.acknowledgeReferral, acknowledge, release)
    // The same request again is another call, with an entry of its own.
    let again = try await officer.unary(
      Methods.acknowledgeReferral, acknowledge, as: SafeMobility.AcknowledgeReferralResponse.self)
    try expectSigned(again.trailingMetadata, Methods.acknowledgeReferral, acknowledge, release)
    #expect(
      again.trailingMetadata[CallReceipt.metadata]
        != received.trailingMetadata[CallReceipt.metadata])
  }

  @Test("what hands nothing over, and what is refused, is not signed for")
  func unsigned() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    let caseworker = scene.world.caller("unhcr/CASEWORKER").client
    let read = try await caseworker.unary(
      Methods.getReferral, SafeMobility.GetReferralRequest.with { $0.name = draft.name },
      as: SafeMobility.GetReferralResponse.self)
    #expect(read.trailingMetadata["pasarela-audit-entry"] != nil)
    #expect(read.trailingMetadata[CallReceipt.metadata] == nil)
    let refused = await #expect(throws: RPCError.self) {
      // Nobody has consented.
      _ = try await caseworker.unary(
        Methods.sendReferral,
        SafeMobility.SendReferralRequest.with {
          ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID())
        }, as: SafeMobility.SendReferralResponse.self)
    }
    #expect(refused?.metadata["pasarela-audit-entry"] != nil)
    #expect(refused?.metadata[CallReceipt.metadata] == nil)
  }

  @Test("a rehearsal is not signed for, nor the first of two persons, and the second is")
  func onlyTheSecond() async throws {
    let scene = try await ReferralCase()
    try await scene.consent()
    let draft = try await scene.draft()
    func send(
      _ identity: String, rehearsing: Bool = false
    ) async throws -> (SafeMobility.SendReferralRequest, Metadata, SafeMobility.Release?) {
      let request = SafeMobility.SendReferralRequest.with {
        ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID())
        $0.validateOnly = rehearsing
      }
      let answer = try await scene.world.caller(identity).client.unary(
        Methods.sendReferral, request, as: SafeMobility.SendReferralResponse.self)
      return (request, answer.trailingMetadata, answer.message.referral?.release)
    }
    #expect(try await send("unhcr/CASEWORKER", rehearsing: true).1[CallReceipt.metadata] == nil)
    #expect(try await send("unhcr/CASEWORKER").1[CallReceipt.metadata] == nil)
    let (request, trailers, release) = try await send("unhcr/REVIEWER")
    try expectSigned(trailers, Methods.sendReferral, request, try #require(release))
  }

  private func expectSigned(
    _ trailers: Metadata, _ method: MethodDescriptor, _ request: some Message,
    _ release: SafeMobility.Release
  ) throws {
    let handed = try #require(Digest(release.releaseSha256))
    let digest = Hash.sha256(try request.serializedBytes())
    #expect(trailers["pasarela-request-digest"] == digest.description)
    let entry = try #require(trailers["pasarela-audit-entry"])
    let trailer = try #require(trailers[CallReceipt.metadata])
    let receipt = CallReceipt(
      method: method.fullName, request: digest, release: handed, entry: entry)
    #expect(receipt.isSigned(by: try key(), trailer: trailer))
    let others = [
      CallReceipt(method: method.fullName + "2", request: digest, release: handed, entry: entry),
      CallReceipt(
        method: method.fullName, request: Hash.sha256([]), release: handed, entry: entry),
      CallReceipt(method: method.fullName, request: digest, release: digest, entry: entry),
      CallReceipt(
        method: method.fullName, request: digest, release: handed, entry: entry + "0"),
    ]
    for other in others { #expect(!other.isSigned(by: try key(), trailer: trailer)) }
    #expect(!receipt.isSigned(by: try key(), trailer: ""))
    #expect(!receipt.isSigned(by: try key(), trailer: String(trailer.dropLast(4))))
  }
}
