import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What must hold at the instant a referral is sent (domain § 5.3, INV-5, INV-6).
@Suite("Sending a referral")
struct SendingTests {
  private static func expectUnsent(
    _ reason: String, _ scene: ReferralCase, _ draft: SafeMobility.Referral,
    _ code: StatusCode = .failedPrecondition, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await scene.stored(draft)
    await expectRefusal(reason, code, sourceLocation: sourceLocation) {
      _ = try await scene.send(draft)
    }
    #expect(try await scene.stored(draft) == before, sourceLocation: sourceLocation)
    #expect(before?.state == .draft, sourceLocation: sourceLocation)
  }

  @Test("the referral is SENT, the registration REFERRED, and a release is described")
  func sends() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .h2a)
    #expect(sent.state == .sent)
    #expect(sent.consents.count == scene.persons.count)
    #expect(sent.release?.version == 1)
    #expect(sent.release?.profile == "gt-mintrab/H2")
    #expect(sent.release?.releaseSha256.count == 32)
    #expect(try await scene.storedRegistration().state == .referred)
    let events = try await scene.world.events(of: .referral, sent.uid).map(\.type)
    #expect(events == ["Create", "Send"])
  }

  @Test("a household that is held as a possible duplicate is neither sent nor prepared")
  func held() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    try await scene.consent(to: .h2a)
    let first = try await scene.world.household(.single, in: .submitted, seed: 9)
    let registration = try await scene.storedRegistration()
    var random = SystemRandomNumberGenerator()
    let candidate = DuplicateCandidate(
      id: DuplicateCandidateID(using: &random),
      program: registration.program, first: .init(first.persons[0]),
      second: .init(person: registration.principal, registration: registration.id), score: 30,
      isHolding: true, evidence: [], algorithmVersion: "1", state: .open,
      revision: Revision(createdAt: scene.world.clock.now))
    var held = registration
    held.holds = .duplicate
    held.revision.advance(at: scene.world.clock.now)
    try await scene.world.store.write { [held] tx in
      try tx.insert(candidate)
      try tx.update(held, from: registration.revision.version)
    }
    try await Self.expectUnsent("DUPLICATE_HOLD", scene, draft)
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) {
      _ = try await scene.draft(on: .spainLabour)
    }
  }

  @Test("without every person's consent nothing is sent")
  func consentMissing() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    try await Self.expectUnsent("CONSENT_MISSING", scene, draft)
    for person in scene.persons.dropLast() {
      _ = try await scene.world.consent(
        of: person, in: scene.registration, to: .gtMintrab, for: .h2Recruitment)
    }
    try await Self.expectUnsent("CONSENT_MISSING", scene, draft)
    _ = try await scene.world.consent(
      of: try #require(scene.persons.last), in: scene.registration, to: .gtMintrab,
      for: .h2Recruitment)
    #expect(try await scene.send(draft).state == .sent)
  }

  @Test("consent to another receiver, another purpose or less data is no consent")
  func consentElsewhere() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    for person in scene.persons {
      _ = try await scene.world.consent(
        of: person, in: scene.registration, to: .usRsc, for: .h2Recruitment)
      _ = try await scene.world.consent(
        of: person, in: scene.registration, to: .gtMintrab, for: .labourMobility)
      _ = try await scene.world.consent(
        of: person, in: scene.registration, to: .gtMintrab, for: .h2Recruitment,
        classes: DataClassSet(classes: [.identity, .contact]))
    }
    try await Self.expectUnsent("CONSENT_MISSING", scene, draft)
  }

  @Test("a consent counts until its time is over, and not at that instant")
  func consentExpires() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    scene.world.clock.advance(by: .days(365))
    try await Self.expectUnsent("CONSENT_MISSING", scene, draft)
    scene.world.clock.advance(by: .seconds(-1))
    #expect(try await scene.send(draft).state == .sent)
  }

  @Test("a consent withdrawn between the draft and the sending counts no more")
  func consentWithdrawn() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    try await scene.world.store.write { tx in
      guard let consent = try tx.consents(of: scene.registration).first else {
        throw StoreError.notFound
      }
      var machine = ConsentMachine(consent)
      let withdrawn = try machine.withdraw(at: tx.now).entity
      try tx.update(withdrawn, from: consent.revision.version)
    }
    try await Self.expectUnsent("CONSENT_WITHDRAWN", scene, draft)
  }

  @Test("withdrawing a consent recalls what was sent in the same instant, and no later one is sent")
  func recalled() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .h2a)
    let agent = scene.world.caller("unhcr/CONTACT_CENTRE").applicants
    let one = try #require(
      try await agent.listConsents(
        .with { $0.parent = "registrations/\(scene.registration)" }
      ).consents.first)
    let answer = try await agent.withdrawConsent(
      .with {
        $0.name = one.name
        $0.etag = one.etag
        $0.requestId = requestID()
      })
    #expect(answer.recalledReferrals == [sent.name])
    let stored = try await scene.stored(sent)
    #expect(stored?.state == .recalled)
    #expect(stored?.reason == .consentWithdrawn)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.release(sent, as: scene.mintrab)
    }
    try await Self.expectUnsent("CONSENT_WITHDRAWN", scene, try await scene.draft(on: .h2a))
  }

  @Test("a partner with no place left gets nothing more")
  func capacity() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    func limit(_ most: Int) async throws {
      try await scene.world.store.write { tx in
        guard let partner = try tx.partner(.gtMintrab) else { throw StoreError.notFound }
        var limited = partner
        limited.capacities = [PathwayCapacity(pathway: .h2a, liveCountMax: most)]
        limited.revision.advance(at: tx.now)
        try tx.update(limited, from: partner.revision.version)
      }
    }
    try await limit(0)
    #expect(try await available(scene) == false)
    try await Self.expectUnsent("PARTNER_CAPACITY", scene, draft)
    try await limit(1)
    #expect(try await available(scene))
    #expect(try await scene.send(draft).state == .sent)
    #expect(try await available(scene) == false)
  }

  private func available(_ scene: ReferralCase) async throws -> Bool {
    try await scene.caseworker.checkCapacity(
      .with {
        $0.pathway = "pathways/US-H2A"
        $0.partner = "partners/gt-mintrab"
      }
    ).available
  }

  @Test("one live referral for a pathway, and one in an exclusive group, before anybody waits")
  func twin() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .usrap)
    try await scene.consent(to: .canadaRefugee)
    let twin = try await scene.draft(on: .usrap)
    let sibling = try await scene.draft(on: .canadaRefugee)
    let first = try await scene.send(try await scene.draft(on: .usrap))
    // The first person is told, so that no second person is asked in vain.
    try await Self.expectUnsent("REFERRAL_LIVE_EXISTS", scene, twin, .alreadyExists)
    try await Self.expectUnsent("REFERRAL_LIVE_EXISTS", scene, sibling, .alreadyExists)
    _ = try await scene.caseworker.recallReferral(
      .with {
        $0.name = first.name
        $0.etag = first.etag
        $0.reason = .sentInError
        $0.requestId = requestID()
      })
    #expect(try await scene.send(sibling).state == .sent)
  }

  @Test("what only a petitioner can begin is not sent; advice on it is recorded")
  func petitionerOnly() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .chnv)
    let draft = try await scene.draft(on: .chnv)
    try await Self.expectUnsent("PATHWAY_NOT_SENDABLE", scene, draft)
    let advised = try await scene.caseworker.recordAdvice(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.requestId = requestID()
      }
    ).referral
    #expect(advised?.state == .completed)
    #expect(advised?.release == nil)
    #expect(try await scene.storedRegistration().state == .eligible)
  }

  @Test("advice on a petition is recorded while there is one", arguments: [true, false])
  func petitionerGone(_ isPetitionerGone: Bool) async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .chnv)
    let registration = try await scene.storedRegistration()
    try await scene.world.store.write { tx in
      if isPetitionerGone {
        var without = registration
        without.answers.petitioners = []
        without.revision.advance(at: tx.now)
        try tx.update(without, from: registration.revision.version)
      } else {
        for person in try tx.persons(of: registration.id) {
          var other = person
          other.nationalities = [.guatemala]
          other.revision.advance(at: tx.now)
          try tx.update(other, from: person.revision.version)
        }
      }
    }
    await expectRefusal("RULE_NOT_MET", .failedPrecondition) {
      _ = try await scene.caseworker.recordAdvice(
        .with {
          $0.name = draft.name
          $0.etag = draft.etag
          $0.requestId = requestID()
        })
    }
    #expect(try await scene.stored(draft)?.state == .draft)
  }

  @Test("a protection pathway takes a second person, who is another and a reviewer")
  func secondPerson() async throws {
    let scene = try await ReferralCase()
    try await scene.consent()
    let draft = try await scene.draft()
    func send(_ client: SafeMobility.ReferralServiceClient) async throws
      -> SafeMobility.SendReferralResponse
    {
      try await client.sendReferral(
        .with {
          $0.name = draft.name
          $0.etag = draft.etag
          $0.requestId = requestID()
        })
    }
    #expect(try await send(scene.caseworker).pendingApproval != nil)
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await send(scene.caseworker)
    }
    #expect(try await scene.stored(draft)?.state == .draft)
    #expect(try await send(scene.reviewer).referral?.state == .sent)
  }

  @Test("where one person is enough, it is a caseworker and no reviewer")
  func onePerson() async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.reviewer.sendReferral(
        .with {
          $0.name = draft.name
          $0.etag = draft.etag
          $0.requestId = requestID()
        })
    }
    #expect(try await scene.stored(draft)?.state == .draft)
    #expect(try await scene.send(draft).state == .sent)
  }

  @Test("validate_only makes every check and changes nothing")
  func validateOnly() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    let request = SafeMobility.SendReferralRequest.with {
      $0.name = draft.name
      $0.etag = draft.etag
      $0.validateOnly = true
      $0.requestId = requestID()
    }
    await expectRefusal("CONSENT_MISSING", .failedPrecondition) {
      _ = try await scene.caseworker.sendReferral(request)
    }
    try await scene.consent(to: .h2a)
    let before = try await scene.stored(draft)
    #expect(try await scene.caseworker.sendReferral(request).referral?.state == .sent)
    #expect(try await scene.stored(draft) == before)
    #expect(try await scene.storedRegistration().state == .eligible)
    // The log says that it was asked and answered, and not that anything was released.
    let entry = try #require(try await scene.world.lastAuditEntries().last)
    #expect(entry.verdict == .allow)
    #expect(entry.internalReason == "validate_only")
    #expect(entry.responseCommitment != nil)
    #expect(entry.stateAfter == nil && entry.versionAfter == nil)
    #expect(entry.profile == nil && entry.releasedFields == nil && entry.releaseCommitment == nil)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.mintrab.getReferral(.with { $0.name = draft.name })
    }
    #expect(try await scene.send(draft).state == .sent)
  }

  @Test("after a return it is resent with a new version of the release")
  func resend() async throws {
    let scene = try await ReferralCase()
    var referral = try await scene.sent(on: .h2a)
    let sha256 = referral.release?.releaseSha256 ?? []
    referral = try #require(
      try await scene.mintrab.acknowledgeReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.releaseSha256 = sha256
          $0.requestId = requestID()
        }
      ).referral)
    referral = try #require(
      try await scene.mintrab.returnReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.reason = .incomplete
          $0.requestId = requestID()
        }
      ).referral)
    let returned = referral
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await scene.send(returned)
    }
    let resent = try await scene.caseworker.resendReferral(
      .with {
        $0.name = returned.name
        $0.etag = returned.etag
        $0.requestId = requestID()
      }
    ).referral
    #expect(resent?.state == .sent)
    #expect(resent?.release?.version == 2)
    // The same data is released again, and a signature under the first sending is none under this one.
    #expect(resent?.release?.fields == returned.release?.fields)
    #expect(resent?.release?.releaseSha256 != sha256)
    #expect(resent?.earlierReleases == [try #require(returned.release)])
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await scene.mintrab.acknowledgeReferral(
        .with {
          $0.name = returned.name
          $0.etag = resent?.etag ?? ""
          $0.releaseSha256 = sha256
          $0.requestId = requestID()
        })
    }
  }
}
