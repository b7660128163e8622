import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Screening and finding")
struct ScreeningTests {
  let world: World

  init() async throws {
    world = try await World()
  }

  private func client(_ identity: String) -> SafeMobility.ApplicantServiceClient {
    world.caller(identity).applicants
  }

  /// A couple's registration in a state, as its screener reads it.
  private func registration(
    in state: RegistrationState
  ) async throws -> SafeMobility.Registration {
    try await read("registrations/\(try await world.household(in: state).registration.id)")
  }

  private func read(_ name: String) async throws -> SafeMobility.Registration {
    let answer = try await client("iom/SCREENER").getRegistration(
      .with {
        $0.name = name
        $0.view = .full
      })
    return try #require(answer.registration)
  }

  private func lastEvent(_ registration: SafeMobility.Registration) async throws -> String? {
    try await world.events(of: .registration, registration.uid).last?.type
  }

  @Test("a screener takes a case up, asks, gets an answer, and invites")
  func invited() async throws {
    let start = try await registration(in: .submitted)
    let screener = client("iom/SCREENER")
    let screened = try #require(
      try await screener.startScreening(
        .with {
          $0.name = start.name
          $0.etag = start.etag
          $0.requestId = requestID()
        }
      ).registration)
    #expect(screened.state == .screening)
    let asked = try #require(
      try await screener.requestInfo(
        .with {
          $0.name = start.name
          $0.items = [.photo, .contact]
          $0.etag = screened.etag
          $0.requestId = requestID()
        }
      ).registration)
    #expect(asked.requestedItems == [.photo, .contact])
    let answered = try await provide(asked, nil)
    #expect(answered.state == .screening)
    #expect(answered.requestedItems.isEmpty)
    #expect(answered.answers == asked.answers, "what is not given stays")
    #expect(answered.queueRankTime == start.queueRankTime)
    let invited = try #require(
      try await screener.inviteRegistration(
        .with {
          $0.name = start.name
          $0.serviceKind = .interview
          $0.etag = answered.etag
          $0.requestId = requestID()
        }
      ).registration)
    #expect(invited.state == .invited)
    #expect(invited.invitedServiceKind == .interview)
    #expect(try await lastEvent(invited) == "Invite")
  }

  @Test("a finding needs the consent of every adult still")
  func findingWithoutConsent() async throws {
    let interviewed = try await registration(in: .interviewed)
    let id = try #require(RegistrationID(rawValue: interviewed.uid))
    let consents = try await world.store.read { try $0.consents(of: id) }
    let consent = try #require(consents.first)
    _ = try await client("iom/CONTACT_CENTRE").withdrawConsent(
      .with {
        $0.name = "\(interviewed.name)/consents/\(consent.id)"
        ($0.etag, $0.requestId) = (consent.etag.text, requestID())
      })
    await expectRefusal("CONSENT_MISSING", .failedPrecondition) {
      _ = try await self.record(interviewed, by: "iom/INTERVIEWER", Self.notEligible)
    }
  }

  @Test("new answers replace the old ones")
  func provideInfo() async throws {
    let asked = try await registration(in: .infoRequested)
    let answered = try await provide(asked, .with { $0.hostStatus = .refugee })
    #expect(answered.answers == .with { $0.hostStatus = .refugee })
  }

  private func provide(
    _ registration: SafeMobility.Registration, _ answers: SafeMobility.RegistrationAnswers?
  ) async throws -> SafeMobility.Registration {
    let answer = try await client("iom/CONTACT_CENTRE").provideInfo(
      .with {
        $0.name = registration.name
        $0.answers = answers
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  @Test("one appeal, before another screener than the one who screened out")
  func appeal() async throws {
    var current = try await registration(in: .screening)
    current = try await screenOut(current)
    #expect(current.screeningResult?.advice == [.legalAid])
    let first = current
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await self.reopen(first, by: self.client("iom/SCREENER"))
    }
    // Nor by one whom the same partner does not name, who may be anybody.
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await self.reopen(
        first, by: self.world.caller("iom/SCREENER", user: nil).applicants)
    }
    current = try await reopen(current, by: client("unhcr/SCREENER"))
    #expect(current.state == .screening)
    #expect(current.appealUsed)
    let second = try await screenOut(current)
    await expectRefusal("APPEAL_USED", .failedPrecondition) {
      _ = try await self.reopen(second, by: self.client("unhcr/SCREENER"))
    }
  }

  @Test("who screens out is named, or nobody of that organisation could ever hear the appeal")
  func unnamed() async throws {
    let current = try await registration(in: .screening)
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await self.screenOut(
        current, by: self.world.caller("iom/SCREENER", user: nil).applicants)
    }
    let out = try await screenOut(
      current, by: world.caller("iom/SCREENER", user: "ana").applicants)
    let again = try await reopen(out, by: world.caller("iom/SCREENER", user: "luis").applicants)
    #expect(again.state == .screening)
  }

  private func screenOut(
    _ registration: SafeMobility.Registration,
    by screener: SafeMobility.ApplicantServiceClient? = nil
  ) async throws -> SafeMobility.Registration {
    let answer = try await (screener ?? client("iom/SCREENER")).screenOut(
      .with {
        $0.name = registration.name
        $0.reason = .noResponse
        $0.advice = [.legalAid]
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  private func reopen(
    _ registration: SafeMobility.Registration, by caller: SafeMobility.ApplicantServiceClient
  ) async throws -> SafeMobility.Registration {
    let answer = try await caller.reopenRegistration(
      .with {
        $0.name = registration.name
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  @Test("an old version is refused before the state is looked at; then the state refuses")
  func checks() async throws {
    let registration = try await registration(in: .draft)
    for (etag, reason, code) in [
      ("\"old\"", "ETAG_MISMATCH", StatusCode.aborted),
      (registration.etag, "TRANSITION_NOT_ALLOWED", .failedPrecondition),
    ] {
      await expectRefusal(reason, code) {
        _ = try await client("iom/SCREENER").startScreening(
          .with {
            $0.name = registration.name
            $0.etag = etag
            $0.requestId = requestID()
          })
      }
    }
    #expect(try await read(registration.name) == registration)
  }

  // MARK: Two persons find

  private func record(
    _ registration: SafeMobility.Registration, by identity: String, user: String? = World.usual,
    _ findings: [SafeMobility.EligibilityFinding] = ScreeningTests.eligible
  ) async throws -> SafeMobility.RecordEligibilityResponse {
    try await world.caller(identity, user: user).applicants.recordEligibility(
      .with {
        $0.name = registration.name
        $0.findings = findings
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
  }

  private static let eligible: [SafeMobility.EligibilityFinding] = [
    .with {
      $0.pathway = "pathways/USRAP"
      $0.finding = .eligible
    },
    .with {
      $0.pathway = "pathways/US-H2A"
      $0.finding = .notEligible
      $0.reason = .noEmployer
    },
  ]

  private static let notEligible: [SafeMobility.EligibilityFinding] = [
    .with {
      $0.pathway = "pathways/USRAP"
      $0.finding = .notEligible
      $0.reason = .noClaim
    }
  ]

  @Test("an interviewer finds and a reviewer agrees; until then nothing has moved")
  func twoPersons() async throws {
    let interviewed = try await registration(in: .interviewed)
    let first = try await record(interviewed, by: "iom/INTERVIEWER")
    #expect(first.registration?.state == .interviewed)
    #expect(first.registration?.etag == interviewed.etag)
    let pending = try #require(first.pendingApproval)
    #expect(pending.resource == interviewed.name)
    #expect(pending.resourceEtag == interviewed.etag)
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await self.record(interviewed, by: "iom/INTERVIEWER")
    }
    let second = try await record(interviewed, by: "iom/REVIEWER")
    #expect(second.pendingApproval == nil)
    #expect(second.registration?.state == .eligible)
    #expect(second.registration?.findings.map(\.finding) == [.eligible, .notEligible])
    #expect(try await lastEvent(interviewed) == "RecordEligibility")
  }

  /// A couple that was interviewed in July, and whom somebody petitions for.
  private func petitioned(_ stage: PetitionStage?) async throws -> SafeMobility.Registration {
    world.clock.advance(by: .days(40))
    let seed = UInt64(50 + (stage?.rawValue ?? 0))
    let household = try await world.household(in: .interviewed, seed: seed)
    try await world.store.write { tx in
      guard var registration = try tx.registration(household.registration.id) else {
        throw StoreError.notFound
      }
      let version = registration.revision.version
      registration.answers.petitioners =
        stage.map {
          [
            Petitioner(
              relation: .sibling, standing: .citizen, beneficiaries: [registration.principal],
              stage: $0)
          ]
        } ?? []
      registration.revision.advance(at: tx.now)
      try tx.update(registration, from: version)
    }
    return try await read("registrations/\(household.registration.id)")
  }

  private static func reunification(
    _ reason: SafeMobility.FindingReason? = nil
  ) -> [SafeMobility.EligibilityFinding] {
    [
      .with {
        $0.pathway = "pathways/US-FRP"
        $0.finding = reason == nil ? .eligible : .notEligible
        $0.reason = reason ?? .unspecified
      }
    ]
  }

  @Test("what only a petitioner begins is found open where one is, of the kind it takes")
  func petitioners() async throws {
    for stage in [nil, PetitionStage.filed] {
      let interviewed = try await petitioned(stage)
      await expectRefusal("RULE_NOT_MET", .failedPrecondition) {
        _ = try await self.record(
          interviewed, by: "iom/INTERVIEWER", ScreeningTests.reunification())
      }
      _ = try await record(
        interviewed, by: "iom/INTERVIEWER", Self.reunification(.noPetitioner))
      let missed = try await record(
        interviewed, by: "iom/REVIEWER", Self.reunification(.noPetitioner))
      #expect(missed.registration?.findings.map(\.reason) == [.noPetitioner])
    }
    let interviewed = try await petitioned(.approved)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await self.record(
        interviewed, by: "iom/INTERVIEWER", ScreeningTests.reunification(.noPetitioner))
    }
    #expect(refused?.fields == ["findings[0].reason"])
    _ = try await record(interviewed, by: "iom/INTERVIEWER", Self.reunification())
    let found = try await record(interviewed, by: "iom/REVIEWER", Self.reunification())
    #expect(found.registration?.state == .eligible)
  }

  @Test("two interviewers do not make a review, nor does a reviewer begin one")
  func roles() async throws {
    let interviewed = try await registration(in: .interviewed)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await self.record(interviewed, by: "iom/REVIEWER")
    }
    _ = try await record(interviewed, by: "iom/INTERVIEWER", user: "ana")
    await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
      _ = try await self.record(interviewed, by: "iom/INTERVIEWER", user: "luis")
    }
  }

  @Test("who agrees to something else has not agreed; no pathway open is an answer too")
  func otherFindings() async throws {
    let interviewed = try await registration(in: .interviewed)
    _ = try await record(interviewed, by: "iom/INTERVIEWER", Self.notEligible)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await self.record(interviewed, by: "iom/REVIEWER", Self.eligible)
    }
    let agreed = try await record(interviewed, by: "iom/REVIEWER", Self.notEligible)
    #expect(agreed.registration?.state == .notEligible)
  }

  @Test("a finding names a pathway of the programme, and a reason exactly when it is against it")
  func wrongFindings() async throws {
    let interviewed = try await registration(in: .interviewed)
    var unknown = Self.notEligible
    unknown[0].pathway = "pathways/MOON"
    var reasonless = Self.notEligible
    reasonless[0].reason = .unspecified
    for (findings, field) in [
      (unknown, "findings[0].pathway"), (reasonless, "findings"),
      (Self.notEligible + Self.notEligible, "findings"),
    ] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await self.record(interviewed, by: "iom/INTERVIEWER", findings)
      }
      #expect(refused?.fields == [field])
    }
  }

  @Test("a case ends with its outcome, none included, when no referral is open")
  func resolve() async throws {
    let found = try await registration(in: .notEligible)
    let resolved = try await resolve(found, .none_)
    #expect(resolved.state == .resolved)
    #expect(resolved.resolution?.outcome == SafeMobility.Outcome.none_)
  }

  @Test("the pathway of an outcome is one that was looked at, and some outcomes need one")
  func resolvedPathway() async throws {
    let interviewed = try await registration(in: .interviewed)
    _ = try await record(interviewed, by: "iom/INTERVIEWER", Self.eligible)
    let found = try #require(
      try await record(interviewed, by: "iom/REVIEWER", Self.eligible).registration)
    let pathways = found.findings.map(\.pathway)
    #expect(!pathways.isEmpty && !pathways.contains("pathways/LOCAL"))
    let wrong: [(SafeMobility.Outcome, String)] = [
      (.departed, ""), (.admissionGranted, ""), (.departed, "pathways/MOON"),
      (.localServices, "pathways/LOCAL"),
    ]
    for (outcome, pathway) in wrong {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await self.resolve(found, outcome, pathway)
      }
      #expect(refused?.fields == ["resolution.pathway"], "\(outcome) \(pathway)")
    }
    let resolved = try await resolve(found, .departed, pathways[0])
    #expect(resolved.resolution?.pathway == pathways[0])
  }

  private func resolve(
    _ registration: SafeMobility.Registration, _ outcome: SafeMobility.Outcome,
    _ pathway: String = ""
  ) async throws -> SafeMobility.Registration {
    let answer = try await client("iom/CASEWORKER").resolveRegistration(
      .with {
        ($0.name, $0.etag, $0.requestId) = (registration.name, registration.etag, requestID())
        $0.resolution = .with { ($0.outcome, $0.pathway) = (outcome, pathway) }
      })
    return try #require(answer.registration)
  }
}
