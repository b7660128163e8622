import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// INV-10: what was decided stays on record; a correction stands beside it.
@Suite("Decisions, and what is asked of the receiver")
struct DecisionTests {
  private func inProcess(_ scene: ReferralCase) async throws -> SafeMobility.Referral {
    let sent = try await scene.sent()
    let accepted = try #require(
      try await scene.rsc.acceptReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          $0.partnerCaseRef = "RSC-1"
        }
      ).referral)
    return try #require(
      try await scene.rsc.advanceReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (accepted.name, accepted.etag, requestID()) }
      ).referral)
  }

  private func decide(
    _ client: SafeMobility.ReferralServiceClient, _ referral: SafeMobility.Referral,
    _ kind: SafeMobility.DecisionKind, supersedes: String = ""
  ) async throws -> SafeMobility.Referral {
    let answer = try await client.recordDecision(
      .with {
        ($0.parent, $0.etag, $0.requestId) = (referral.name, referral.etag, requestID())
        $0.decision = .with {
          $0.kind = kind
          $0.decisionDate = .with { ($0.year, $0.month, $0.day) = (2023, 6, 12) }
          $0.reason = .criteriaMet
          $0.supersedes = supersedes
        }
      })
    return try #require(answer.referral)
  }

  @Test(
    "a decision is corrected by one that names it, and both stay",
    arguments: World.StoreKind.allCases)
  func correction(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    let decided = try await decide(scene.rsc, try await inProcess(scene), .denied)
    let first = try #require(decided.decisions.first)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await self.decide(scene.rsc, decided, .approved)
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await self.decide(
        scene.rsc, decided, .approved, supersedes: "\(decided.name)/decisions/7")
    }
    #expect(refused?.fields == ["decision.supersedes"])
    let corrected = try await decide(scene.rsc, decided, .approved, supersedes: first.name)
    #expect(corrected.state == .decided)
    #expect(corrected.decisions.map(\.kind) == [.denied, .approved])
    #expect(corrected.decisions.last?.supersedes == first.name)
    let events = try await scene.world.events(of: .referral, decided.uid).map(\.type)
    #expect(events.suffix(2) == ["RecordDecision", "CorrectDecision"])
  }

  @Test("a due time that is asked for is kept, and one that has passed is refused")
  func dueTime() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let now = scene.world.clock.now
    func draft(_ due: Instant) async throws -> SafeMobility.Referral {
      let pathway = try #require(ReferenceData.pathway(.h2a))
      let answer = try await scene.caseworker.createReferral(
        .with {
          $0.referral = .with {
            $0.registration = "registrations/\(scene.registration)"
            $0.persons = scene.persons.map { "registrations/\(scene.registration)/persons/\($0)" }
            $0.pathway = "pathways/\(pathway.id)"
            $0.toPartner = "partners/\(pathway.authorities[0])"
            $0.destinationRegionCode = pathway.region.rawValue
            $0.purpose = .init(rawValue: Int32(pathway.purpose.rawValue))
            $0.dueTime = .with { $0.seconds = due.microseconds / 1_000_000 }
          }
          $0.requestId = requestID()
        })
      return try #require(answer.referral)
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await draft(now)
    }
    #expect(refused?.fields == ["referral.due_time"])
    let soon = now + .days(3)
    let sent = try await scene.send(try await draft(soon))
    #expect(sent.dueTime?.seconds == soon.microseconds / 1_000_000)
  }
}
