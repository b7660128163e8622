import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What must hold of referrals though everybody comes at once.
@Suite("Referrals in a race")
struct ReferralRaceTests {
  private static func send(
    _ scene: ReferralCase, _ draft: SafeMobility.Referral
  ) -> AppointmentRaceTests.Call {
    {
      _ = try await scene.caseworker.sendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID()) })
    }
  }

  @Test(
    "INV-5: of twins that are sent at once one is live", arguments: World.StoreKind.allCases)
  func twins(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    try await scene.consent(to: .h2a)
    var drafts: [SafeMobility.Referral] = []
    for _ in 0..<4 { drafts.append(try await scene.draft(on: .h2a)) }
    let outcomes = await AppointmentRaceTests.outcomes(drafts.map { Self.send(scene, $0) })
    #expect(outcomes.count { $0 == nil } == 1, "\(outcomes)")
    #expect(outcomes.allSatisfy { [nil, "REFERRAL_LIVE_EXISTS"].contains($0) }, "\(outcomes)")
    var states: [ReferralState?] = []
    for draft in drafts { states.append(try await scene.stored(draft)?.state) }
    #expect(states.count { $0 == .sent } == 1)
    #expect(states.count { $0 == .draft } == 3)
  }

  @Test(
    "INV-6: nothing is SENT on a consent that is withdrawn at the same time, new drafts included",
    arguments: World.StoreKind.allCases)
  func withdrawal(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    try await scene.consent(to: .h2a)
    let agent = scene.world.caller("unhcr/CONTACT_CENTRE").applicants
    for round in 0..<8 {
      let draft = try await scene.draft(on: .h2a)
      let consent = try #require(try await Self.active(scene).first)
      let outcomes = await AppointmentRaceTests.outcomes([
        Self.send(scene, draft),
        {
          _ = try await agent.withdrawConsent(
            .with {
              $0.name = "registrations/\(scene.registration)/consents/\(consent.id)"
              $0.etag = consent.etag.text
              $0.requestId = requestID()
            })
        },
        // Made in between, and so in no list of what there was to be recalled.
        { try await Self.send(scene, scene.draft(on: .h2a))() },
      ])
      try await Self.expectConsented(scene, "round \(round): \(outcomes)")
      let person = consent.person
      if try await !Self.active(scene).contains(where: { $0.person == person }) {
        _ = try await scene.world.consent(
          of: person, in: scene.registration, to: .gtMintrab, for: .h2Recruitment)
      }
      try await Self.recallAll(scene)
    }
  }

  private static func active(_ scene: ReferralCase) async throws -> [Consent] {
    try await scene.world.store.read { reader in
      try reader.consents(of: scene.registration).filter { $0.isActive(at: reader.now) }
    }
  }

  private static func referrals(_ scene: ReferralCase) async throws -> [Referral] {
    try await scene.world.store.read { reader in
      try reader.referrals(
        ReferralFilter(registration: scene.registration), after: nil, limit: 1_000
      ).items
    }
  }

  /// Whatever is SENT has everybody's consent at this instant.
  private static func expectConsented(_ scene: ReferralCase, _ round: String) async throws {
    let consenting = Set(try await active(scene).map(\.person))
    for referral in try await referrals(scene) where referral.state == .sent {
      #expect(consenting.isSuperset(of: referral.persons), "\(round)")
    }
  }

  private static func recallAll(_ scene: ReferralCase) async throws {
    for referral in try await referrals(scene) where !referral.state.isTerminal {
      _ = try await scene.caseworker.recallReferral(
        .with {
          $0.name = "referrals/\(referral.id)"
          $0.etag = referral.etag.text
          $0.reason = .sentInError
          $0.requestId = requestID()
        })
    }
  }
}
