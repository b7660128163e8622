import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Every method of a referral from every state: the legal ones move, the others change nothing.
@Suite("Moves of a referral")
struct ReferralMoveTests {
  typealias Client = SafeMobility.ReferralServiceClient

  /// One method, and the states it may start from.
  struct Move: Sendable, CustomTestStringConvertible {
    var name: String
    var isPartners = false
    var sources: Set<ReferralState>
    var call: @Sendable (Client, Referral) async throws(RPCError) -> Void
    var testDescription: String { name }
  }

  static let moves: [Move] = [
    Move(name: "AcknowledgeReferral", isPartners: true, sources: [.sent]) {
      (client, referral) throws(RPCError) in
      _ = try await client.acknowledgeReferral(
        request(referral, \.name, \.etag, \.requestId) {
          $0.releaseSha256 =
            referral.release?.digest.bytes ?? [UInt8](repeating: 1, count: 32)
        })
    },
    Move(name: "AcceptReferral", isPartners: true, sources: [.sent, .received]) {
      (client, referral) throws(RPCError) in
      _ = try await client.acceptReferral(
        request(referral, \.name, \.etag, \.requestId) { $0.partnerCaseRef = "RSC-1" })
    },
    Move(name: "ReturnReferral", isPartners: true, sources: [.received, .accepted]) {
      (client, referral) throws(RPCError) in
      _ = try await client.returnReferral(
        request(referral, \.name, \.etag, \.requestId) { $0.reason = .incomplete })
    },
    Move(name: "AdvanceReferral", isPartners: true, sources: [.accepted]) {
      (client, referral) throws(RPCError) in
      _ = try await client.advanceReferral(request(referral, \.name, \.etag, \.requestId) { _ in })
    },
    Move(name: "RejectReferral", isPartners: true, sources: [.sent, .received]) {
      (client, referral) throws(RPCError) in
      _ = try await client.rejectReferral(
        request(referral, \.name, \.etag, \.requestId) { $0.reason = .outOfScope })
    },
    Move(name: "ConfirmWithdrawal", isPartners: true, sources: [.withdrawalRequested]) {
      (client, referral) throws(RPCError) in
      _ = try await client.confirmWithdrawal(
        request(referral, \.name, \.etag, \.requestId) { _ in })
    },
    Move(
      name: "RecordDecision", isPartners: true, sources: [.inProcess, .withdrawalRequested]
    ) { (client, referral) throws(RPCError) in
      _ = try await client.recordDecision(
        request(referral, \.parent, \.etag, \.requestId) {
          $0.decision = .with {
            $0.kind = .approved
            $0.decisionDate = .with {
              $0.year = 2023
              $0.month = 6
              $0.day = 12
            }
          }
        })
    },
    Move(name: "RecallReferral", sources: [.draft, .sent, .received, .returned]) {
      (client, referral) throws(RPCError) in
      _ = try await client.recallReferral(
        request(referral, \.name, \.etag, \.requestId) { $0.reason = .sentInError })
    },
    Move(name: "RequestWithdrawal", sources: [.accepted, .inProcess]) {
      (client, referral) throws(RPCError) in
      _ = try await client.requestWithdrawal(
        request(referral, \.name, \.etag, \.requestId) { _ in })
    },
    Move(name: "CloseReferral", sources: [.decided]) { (client, referral) throws(RPCError) in
      _ = try await client.closeReferral(
        request(referral, \.name, \.etag, \.requestId) {
          $0.informTime = .with { $0.seconds = 1_686_500_000 }
        })
    },
    // On a pathway that the office refers to there is nothing to advise on.
    Move(name: "RecordAdvice", sources: []) { (client, referral) throws(RPCError) in
      _ = try await client.recordAdvice(request(referral, \.name, \.etag, \.requestId) { _ in })
    },
    // What a sending needs is tested on its own; from here it is refused one way or the other.
    Move(name: "SendReferral", sources: [.draft]) { (client, referral) throws(RPCError) in
      _ = try await client.sendReferral(request(referral, \.name, \.etag, \.requestId) { _ in })
    },
    Move(name: "ResendReferral", sources: [.returned]) { (client, referral) throws(RPCError) in
      _ = try await client.resendReferral(request(referral, \.name, \.etag, \.requestId) { _ in })
    },
  ]

  /// A move's request with its name, etag and request_id.
  private static func request<Request: Message>(
    _ referral: Referral, _ name: WritableKeyPath<Request, String>,
    _ etag: WritableKeyPath<Request, String>, _ id: WritableKeyPath<Request, String>,
    _ fill: (inout Request) -> Void
  ) -> Request {
    var request = Request()
    request[keyPath: name] = "referrals/\(referral.id)"
    request[keyPath: etag] = referral.etag.text
    request[keyPath: id] = requestID()
    fill(&request)
    return request
  }

  /// A world with one referral in a state, made by the domain's own events.
  private static func scene(_ state: ReferralState) async throws -> (World, Referral) {
    let world = try await World()
    var generator = SampleGenerator(seed: 5, now: world.clock.now - .days(2))
    let household = generator.household(.couple)
    var registration = try #require(
      try generator.registration(of: household, in: state == .draft ? .eligible : .referred))
    registration.window = nil
    var referral = try #require(try generator.referral(of: household, in: state))
    // The fifth of June or so; what comes later than the clock would be refused for that.
    referral.revision = Revision(createdAt: world.clock.now)
    let (owner, made) = (registration, referral)
    try await world.store.write { tx in
      try tx.insert(owner, caseKey: [UInt8](repeating: 1, count: 32))
      for person in household.persons {
        try tx.insert(person, key: [UInt8](repeating: 2, count: 32))
      }
      try tx.insert(made)
    }
    return (world, made)
  }

  @Test(
    "each method moves from its own states, and from any other changes nothing", arguments: moves)
  func everyState(move: Move) async throws {
    for state in ReferralState.allCases {
      let (world, referral) = try await Self.scene(state)
      let identity = move.isPartners ? "us-rsc/PARTNER_OFFICER" : "unhcr/CASEWORKER"
      let client = world.caller(identity).referrals
      var refused: Refused?
      do throws(RPCError) {
        try await move.call(client, referral)
      } catch {
        refused = Refused(error)
      }
      let after = try await world.store.read { try $0.referral(referral.id) }
      let events = try await world.events(of: .referral, referral.id.rawValue)
      if move.sources.contains(state) {
        if ["SendReferral", "ResendReferral"].contains(move.name) {
          #expect(refused?.reason == "CONSENT_MISSING", "\(state)")
          #expect(after == referral, "\(state)")
        } else {
          #expect(refused == nil, "\(state)")
          #expect(after?.revision.version.rawValue == 2, "\(state)")
          #expect(events.count == 1, "\(state)")
          #expect(events.first?.stateBefore == state.rawValue, "\(state)")
          #expect(events.first?.stateAfter == after?.state.rawValue, "\(state)")
        }
      } else {
        // What was never sent does not exist for the side that has not got it.
        let isHidden = move.isPartners && referral.release == nil
        #expect(
          refused?.reason == (isHidden ? "ACCESS_DENIED" : "TRANSITION_NOT_ALLOWED"), "\(state)")
        #expect(after == referral, "\(state)")
        #expect(events == [], "\(state)")
      }
    }
  }

  @Test(
    "an etag that is not the stored one is refused before the state is looked at", arguments: moves)
  func staleEtag(move: Move) async throws {
    let (world, referral) = try await Self.scene(.sent)
    let identity = move.isPartners ? "us-rsc/PARTNER_OFFICER" : "unhcr/CASEWORKER"
    var stale = referral
    stale.revision.advance(at: world.clock.now)
    let asked = stale
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      try await move.call(world.caller(identity).referrals, asked)
    }
    #expect(try await world.store.read { try $0.referral(referral.id) } == referral)
  }

  @Test("a move of the receiver is nobody else's, not even another receiver's", arguments: moves)
  func othersMoves(move: Move) async throws {
    let (world, referral) = try await Self.scene(.sent)
    let strangers =
      move.isPartners
      ? ["ca-gov/PARTNER_OFFICER", "gt-mintrab/PARTNER_OFFICER", "unhcr/CASEWORKER"]
      : ["iom/CASEWORKER", "us-rsc/PARTNER_OFFICER", "unhcr/AUDITOR"]
    for stranger in strangers {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        try await move.call(world.caller(stranger).referrals, referral)
      }
    }
    #expect(try await world.store.read { try $0.referral(referral.id) } == referral)
  }
}
