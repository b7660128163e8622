import AuditProof
import Crypto
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Testing

/// What a partner gets by its working stream.
@Suite("The working stream of a partner", .timeLimit(.minutes(2)))
struct ExchangeTests {
  @Test(
    "tells what is open with its data, takes moves, and tells what becomes of it",
    arguments: World.StoreKind.allCases)
  func road(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let release = try await watched.scene.release(sent, as: watched.scene.rsc)
    let stream = try await ExchangeStream.begun(watched.rsc)
    let open = try await stream.work()
    #expect(open.eventNo == 1)
    #expect(open.status?.type == .created)
    #expect(open.status?.state == "REFERRAL_STATE_SENT")
    #expect(open.status?.version == 2)
    #expect(open.referral?.name == sent.name)
    #expect(open.record == release)
    try await stream.ack(1)
    #expect(try await !stream.bookmark().isEmpty)
    let received = try await stream.done(.acknowledgeReferral(.init(receiving: sent)))
    #expect(received.referral?.state == .received)
    let accepted = try await stream.done(
      .acceptReferral(.init(accepting: try #require(received.referral))))
    #expect(accepted.referral?.state == .accepted)
    for (number, state) in ["RECEIVED", "ACCEPTED"].enumerated() {
      let work = try await stream.work()
      #expect(work.eventNo == Int64(number + 2))
      #expect(work.status?.type == .stateChanged)
      #expect(work.status?.state == "REFERRAL_STATE_\(state)")
      #expect(work.record == nil)
    }
    stream.call.finish()
    await #expect(throws: ExchangeStream.Ended.self) { _ = try await stream.work() }
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("a referral that is sent later comes as a change, with its data")
  func later() async throws {
    let watched = try await WatchCase()
    let stream = try await ExchangeStream.begun(watched.rsc)
    let other = try await ExchangeStream.begun(watched.mintrab)
    let sent = try await watched.scene.sent()
    let work = try await stream.work()
    #expect(work.eventNo == 1)
    #expect(work.status?.type == .created)
    #expect(work.referral?.name == sent.name)
    #expect(work.record == (try await watched.scene.release(sent, as: watched.scene.rsc)))
    // Of the first that the other partner hears, by number too, is its own.
    let own = try await watched.scene.sent(on: .h2a)
    let first = try await other.work()
    #expect(first.eventNo == 1)
    #expect(first.referral?.name == own.name)
  }

  @Test("what is over is not open, and what comes of it is told all the same")
  func over() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    _ = try await watched.rsc.referrals.rejectReferral(
      .with {
        $0.name = sent.name
        $0.etag = sent.etag
        $0.reason = .capacity
        $0.requestId = requestID()
      })
    let stream = try await ExchangeStream.begun(watched.rsc)
    let next = try await watched.scene.sent()
    let work = try await stream.work()
    #expect(work.referral?.name == next.name)
    #expect(work.eventNo == 1)
  }

  @Test(
    "a consent that is withdrawn asks the referral back within the stream",
    arguments: World.StoreKind.allCases)
  func askedBack(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc)
    #expect(try await stream.work().record != nil)
    try await watched.withdrawConsent()
    let recalled = try await stream.work()
    #expect(recalled.eventNo == 2)
    #expect(recalled.status?.resource == sent.name)
    #expect(recalled.status?.state == "REFERRAL_STATE_RECALLED")
    #expect(recalled.referral?.reason == .consentWithdrawn)
    #expect(recalled.record == nil)
  }

  @Test("INV-16: work is in the log with what it releases, under its case, before it is told")
  func logged() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let before = try await watched.world.auditCount()
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.work()
    #expect(try await watched.world.auditCount() == before + 2)
    let entries = try await watched.world.lastAuditEntries(2)
    #expect(
      entries.allSatisfy { $0.method == "safemobility.v1.ReferralService/Exchange" })
    let (opening, work) = (try #require(entries.first), try #require(entries.last))
    #expect(opening.casePseudonym == nil)
    #expect(opening.verdict == .allow)
    #expect(work.verdict == .allow)
    #expect(work.casePseudonym != nil)
    #expect(work.profile == sent.release?.profile)
    #expect(work.releasedFields != nil)
    #expect(work.responseCommitment != nil)
    #expect(work.purpose == .resettlement)
  }

  @Test("a person sees what the partner was told, and that a change of state alone tells no data")
  func disclosed() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.work()
    _ = try await stream.done(.acknowledgeReferral(.init(receiving: sent)))
    _ = try await stream.work()
    let agent = watched.world.caller("unhcr/CONTACT_CENTRE").applicants
    let found = try await agent.listDisclosures(
      .with { $0.parent = "registrations/\(watched.scene.registration)" }
    ).disclosures.filter { $0.partner == "partners/us-rsc" }
    #expect(found.allSatisfy { $0.referral == sent.name })
    let classes = found.map { $0.dataClasses.contains(.identity) }
    // The latest first: the change, the move, the referral with its data, and that it was sent to them.
    #expect(classes == [false, false, true, true])
  }

  @Test("a command is in the log as the unary call it is, and its result has that call's trailers")
  func commandLogged() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.work()
    let request = SafeMobility.AcknowledgeReferralRequest(receiving: sent)
    let result = try await stream.done(.acknowledgeReferral(request))
    #expect(result.requestId == request.requestId)
    let digest = try #require(result.trailer("pasarela-request-digest"))
    #expect(digest == Self.digest(of: try request.serializedBytes()))
    let entry = try #require(
      try await watched.world.lastAuditEntries(4).last {
        $0.method.hasSuffix("/AcknowledgeReferral")
      })
    #expect(result.trailer("pasarela-audit-entry")?.hasPrefix("\(entry.id):") == true)
    #expect(entry.stateAfter == ReferralState.received.rawValue)
    #expect(entry.casePseudonym != nil)
    let receipt = CallReceipt(
      method: entry.method, request: Hash.sha256(try request.serializedBytes()),
      release: try #require(Digest(sent.release?.releaseSha256 ?? [])),
      entry: try #require(result.trailer("pasarela-audit-entry")))
    let key = try #require(NoteKey(text: World.secrets.checkpointKey))
    #expect(receipt.isSigned(by: key, trailer: try #require(result.trailer("pasarela-receipt"))))
  }

  private static func digest(of bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }
      .joined()
  }

  @Test(
    "the same command has one effect, on one stream and on the next, whoever made it first",
    arguments: World.StoreKind.allCases)
  func once(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let request = SafeMobility.AcknowledgeReferralRequest(receiving: sent)
    let stream = try await ExchangeStream.begun(watched.rsc)
    let first = try await stream.done(.acknowledgeReferral(request))
    let again = try await stream.done(.acknowledgeReferral(request))
    #expect(first.referral?.state == .received)
    #expect(again.referral == first.referral)
    stream.call.cancel()
    let next = try await ExchangeStream.begun(watched.rsc)
    #expect(try await next.done(.acknowledgeReferral(request)).referral == first.referral)
    // By the unary call too.
    let unary = try await watched.rsc.referrals.acknowledgeReferral(request)
    #expect(unary.referral == first.referral)
    #expect(try await watched.world.events(of: .referral, sent.uid).count == 3)
    var other = request
    other.releaseSha256 = [UInt8](repeating: 1, count: 32)
    let reused = try await next.done(.acknowledgeReferral(other))
    #expect(reused.refusal?.reason == "REQUEST_ID_REUSED")
  }

  @Test("a command that fails is a result, and the stream goes on")
  func failing() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc)
    var stale = SafeMobility.AcknowledgeReferralRequest(receiving: sent)
    stale.etag = "\"1-old\""
    #expect(try await stream.done(.acknowledgeReferral(stale)).refusal?.reason == "ETAG_MISMATCH")
    var nameless = stale
    nameless.requestId = ""
    let refused = try await stream.done(.acknowledgeReferral(nameless))
    #expect(refused.refusal?.reason == "REQUEST_ID_REQUIRED")
    #expect(refused.requestId == "")
    let early = SafeMobility.AdvanceReferralRequest.with {
      $0.name = sent.name
      $0.etag = sent.etag
      $0.requestId = requestID()
    }
    let notYet = try await stream.done(.advanceReferral(early))
    #expect(notYet.refusal?.reason == "TRANSITION_NOT_ALLOWED")
    let invalid = SafeMobility.AcceptReferralRequest.with { $0.requestId = requestID() }
    let missing = try await stream.done(.acceptReferral(invalid))
    #expect(missing.refusal?.reason == "FIELD_INVALID")
    #expect(missing.refusal?.fields.contains("name") == true)
    #expect(
      try await stream.done(.acknowledgeReferral(.init(receiving: sent))).referral?.state
        == .received)
  }

  @Test("another partner's referral is refused like one that is not there", arguments: 0..<7)
  func foreign(_ move: Int) async throws {
    let watched = try await WatchCase()
    let own = try await watched.scene.sent(on: .h2a)
    var random = SystemRandomNumberGenerator()
    let absent = "referrals/\(ReferralID(using: &random))"
    let stream = try await ExchangeStream.begun(watched.rsc)
    var answers: [SafeMobility.CallStatus] = []
    for name in [own.name, absent] {
      let result = try await stream.done(ExchangeMoves.all(name: name, etag: own.etag)[move])
      guard case .status(let status) = result.result else {
        Issue.record("\(name) was moved")
        return
      }
      #expect(result.refusal?.reason == "ACCESS_DENIED")
      answers.append(status)
      let entry = try #require(try await watched.world.lastAuditEntries().last)
      #expect(entry.verdict == .deny)
      #expect(
        entry.internalReason?.contains(
          name == absent ? "no such resource" : "does not reach") == true)
      #expect(entry.method == ExchangeMoves.methods[move].fullName)
    }
    #expect(answers[0] == answers[1])
  }

  @Test("who may not call the move may not call it here", arguments: 0..<7)
  func closedPurpose(_ move: Int) async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.work()
    try await watched.change(.usRsc) { $0.purposes = [.familyReunification] }
    let command = ExchangeMoves.all(name: sent.name, etag: sent.etag)[move]
    // The stream itself is reset or refused as it looks; whichever is first.
    do {
      let result = try await stream.done(command)
      #expect(result.refusal?.reason == "PURPOSE_NOT_ALLOWED")
    } catch let error as RPCError {
      #expect(Refused(error)?.reason == "PURPOSE_NOT_ALLOWED")
    }
    #expect(try await watched.scene.stored(sent)?.state == .sent)
  }
}

/// Every move that a command can be.
enum ExchangeMoves {
  typealias Methods = SafeMobility.ReferralServiceMethods

  static let methods = [
    Methods.acknowledgeReferral, Methods.acceptReferral, Methods.returnReferral,
    Methods.advanceReferral, Methods.recordDecision, Methods.rejectReferral,
    Methods.confirmWithdrawal,
  ]

  /// A valid request of each, in the order of the methods.
  static func all(name: String, etag: String) -> [SafeMobility.ExchangeCommand.Command] {
    let id = requestID()
    return [
      .acknowledgeReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, etag, id)
          $0.releaseSha256 = [UInt8](repeating: 7, count: 32)
        }),
      .acceptReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, etag, id)
          $0.partnerCaseRef = "CASE-1"
        }),
      .returnReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, etag, id)
          $0.reason = .capacity
        }),
      .advanceReferral(.with { ($0.name, $0.etag, $0.requestId) = (name, etag, id) }),
      .recordDecision(
        .with {
          ($0.parent, $0.etag, $0.requestId) = (name, etag, id)
          $0.decision = .with {
            $0.kind = .approved
            $0.decisionDate = .with { ($0.year, $0.month, $0.day) = (2023, 6, 12) }
          }
        }),
      .rejectReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, etag, id)
          $0.reason = .capacity
        }),
      .confirmWithdrawal(.with { ($0.name, $0.etag, $0.requestId) = (name, etag, id) }),
    ]
  }
}
