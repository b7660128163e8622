import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What ends with a consent or a case, in the same unit of work (INV-6).
@Suite("Endings")
struct EndingTests {
  /// A couple that was found eligible, with consents to the Resettlement Support Center.
  struct Referred: Sendable {
    let world: World
    let registration: Registration
    let consents: [Consent]

    init(_ kind: World.StoreKind = .memory) async throws {
      world = try await World(kind)
      registration = try await world.household(.couple, in: .referred).registration
      var consents: [Consent] = []
      for person in registration.persons {
        consents.append(
          try await world.consent(
            of: person, in: registration.id, to: .usRsc, for: .resettlement))
      }
      self.consents = consents
    }

    /// A referral that rests on the consents, in a state.
    func referral(
      _ pathway: PathwayID = .usrap, to partner: PartnerID = .usRsc,
      for purpose: Purpose = .resettlement, in state: ReferralState
    ) async throws -> ReferralID {
      var random = SystemRandomNumberGenerator()
      let referral = Referral(
        id: ReferralID(using: &random), registration: registration.id,
        persons: registration.persons, pathway: pathway,
        destination: partner == .caGov ? .canada : .unitedStates, from: .unhcr, to: partner,
        purpose: purpose, consents: consents.map(\.id), priority: .routine, state: state,
        revision: Revision(createdAt: world.clock.now))
      try await world.store.write { try $0.insert(referral) }
      return referral.id
    }

    func state(_ id: ReferralID) async throws -> ReferralState? {
      try await world.store.read { try $0.referral(id)?.state }
    }

    func withdraw(_ consent: Consent) async throws -> SafeMobility.WithdrawConsentResponse {
      try await world.caller("unhcr/CONTACT_CENTRE").applicants.withdrawConsent(
        .with {
          $0.name = "registrations/\(consent.registration)/consents/\(consent.id)"
          $0.etag = consent.etag.text
          $0.requestId = requestID()
        })
    }
  }

  @Test(
    "what a withdrawn consent recalls says so in the log, under the referral's own pseudonym",
    arguments: World.StoreKind.allCases)
  func recalledInTheLog(_ kind: World.StoreKind) async throws {
    let scene = try await Referred(kind)
    let sent = try await scene.referral(in: .sent)
    _ = try await scene.withdraw(scene.consents[0])
    let entries = try await scene.world.lastAuditEntries(2)
    let (recall, call) = (entries[0], entries[1])
    #expect(recall.subject?.referral == sent)
    #expect(recall.method == call.method && recall.verdict == .allow)
    #expect(recall.stateBefore == ReferralState.sent.rawValue)
    #expect(recall.stateAfter == ReferralState.recalled.rawValue)
    #expect(recall.versionAfter?.rawValue == 2)
    // The call's own is about the consent, and under another.
    #expect(call.stateAfter == ConsentState.withdrawn.rawValue && call.subject?.referral == nil)
    #expect(Set([recall, call].map(\.casePseudonym)).count == 2)
    // Nobody was told anything by it, so it is no disclosure.
    let told = try await scene.world.caller("iom/CONTACT_CENTRE").applicants.listDisclosures(
      .with { $0.parent = "registrations/\(scene.registration.id)" })
    #expect(told.disclosures.map(\.referral) == [""])
  }

  @Test(
    "withdrawing one person's consent recalls what the partner has not accepted, asks for the rest",
    arguments: [
      (ReferralState.draft, ReferralState.recalled), (.sent, .recalled), (.received, .recalled),
      (.returned, .recalled), (.accepted, .withdrawalRequested),
      (.inProcess, .withdrawalRequested), (.decided, .decided), (.rejected, .rejected),
    ])
  func consent(_ before: ReferralState, _ after: ReferralState) async throws {
    let referred = try await Referred()
    let referral = try await referred.referral(in: before)
    let answer = try await referred.withdraw(referred.consents[1])
    #expect(answer.consent?.state == .withdrawn)
    #expect(try await referred.state(referral) == after)
    let name = "referrals/\(referral)"
    #expect(answer.recalledReferrals == (after == .recalled ? [name] : []))
    #expect(answer.requestedReferrals == (after == .withdrawalRequested ? [name] : []))
    let events = try await referred.world.events(of: .referral, referral.rawValue)
    #expect(events.count == (before == after ? 0 : 1))
  }

  @Test("a referral to somebody else stays, and so does one for another purpose")
  func otherReferral() async throws {
    let referred = try await Referred()
    let canada = try await referred.referral(.canadaRefugee, to: .caGov, in: .sent)
    _ = try await referred.withdraw(referred.consents[0])
    #expect(try await referred.state(canada) == .sent)
  }

  @Test("what was sent on an older text ends with the newer one")
  func supersededText() async throws {
    let referred = try await Referred()
    let referral = try await referred.referral(in: .sent)
    let caseworker = referred.world.caller("unhcr/CASEWORKER").applicants
    let person = "registrations/\(referred.registration.id)/persons/\(referred.consents[0].person)"
    let proposed = try await caseworker.proposeConsent(
      .with {
        $0.parent = "registrations/\(referred.registration.id)"
        $0.consent = .with {
          $0.person = person
          $0.grantor = person
          $0.recipient = "partners/us-rsc"
          $0.purpose = .resettlement
          $0.dataClasses = [.identity]
          $0.textVersion = "2024"
          $0.languageCode = "es-GT"
          $0.textSha256 = [UInt8](repeating: 3, count: 32)
        }
        $0.requestId = requestID()
      }
    ).consent
    let granted = try #require(
      try await caseworker.grantConsent(
        .with {
          $0.name = proposed?.name ?? ""
          $0.method = .signed
          $0.witness = "Desk 4"
          $0.etag = proposed?.etag ?? ""
          $0.requestId = requestID()
        }
      ).consent)
    #expect(try await referred.state(referral) == .sent)
    let answer = try await referred.world.caller("unhcr/CONTACT_CENTRE").applicants.withdrawConsent(
      .with {
        $0.name = granted.name
        $0.etag = granted.etag
        $0.requestId = requestID()
      })
    #expect(answer.recalledReferrals == ["referrals/\(referral)"])
    #expect(try await referred.state(referral) == .recalled)
  }

  private func withdraw(
    _ registration: Registration, in world: World, _ reason: SafeMobility.WithdrawalReason
  ) async throws -> SafeMobility.Registration {
    let answer = try await world.caller("unhcr/CONTACT_CENTRE").applicants.withdrawRegistration(
      .with {
        $0.name = "registrations/\(registration.id)"
        $0.reason = reason
        $0.etag = registration.etag.text
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  @Test("a household that leaves takes its referrals along", arguments: World.StoreKind.allCases)
  func registration(_ kind: World.StoreKind) async throws {
    let referred = try await Referred(kind)
    let sent = try await referred.referral(in: .sent)
    let accepted = try await referred.referral(
      .h2a, to: .gtMintrab, for: .h2Recruitment, in: .accepted)
    let left = try await withdraw(referred.registration, in: referred.world, .changedPlans)
    #expect(left.state == .withdrawn)
    #expect(try await referred.state(sent) == .recalled)
    #expect(try await referred.state(accepted) == .withdrawalRequested)
    let entry = try #require(try await referred.world.lastAuditEntries().last)
    #expect(entry.stateAfter == RegistrationState.withdrawn.rawValue)
  }

  @Test(
    "a household that leaves, with or without a reason, gives back its seats, held and booked",
    arguments: World.StoreKind.allCases)
  func seats(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let registration = try await world.household(.couple, in: .invited).registration
    let slots = [
      try await world.slot(), try await world.slot("gt-xel-01/counselling", in: .days(2)),
    ]
    let agent = world.caller("unhcr/CONTACT_CENTRE").appointments
    func hold(_ slot: Slot) async throws -> SafeMobility.Hold {
      let answer = try await agent.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = "registrations/\(registration.id)"
          $0.seats = 2
          $0.requestId = requestID()
        })
      return try #require(answer.hold)
    }
    let first = try await hold(slots[0])
    let booked = try #require(
      try await agent.bookAppointment(
        .with {
          $0.hold = first.name
          $0.fence = first.fence
          $0.attendees = registration.persons.map {
            "registrations/\(registration.id)/persons/\($0)"
          }
          $0.requestId = requestID()
        }
      ).appointment)
    let second = try await hold(slots[1])
    #expect(try await free(slots, in: world) == [8, 8])
    let left = try await withdraw(registration, in: world, .unspecified)
    #expect(left.state == .withdrawn)
    #expect(try await free(slots, in: world) == [10, 10])
    let ended = try await agent.getAppointment(.with { $0.name = booked.name }).appointment
    #expect(ended?.state == .cancelled)
    #expect(ended?.cancellation?.party == .applicant)
    #expect(ended?.cancellation?.reason == .registrationEnded)
    #expect(try await world.events(of: .appointment, booked.uid).map(\.type) == ["Book", "Cancel"])
    #expect(
      try await world.events(of: .hold, second.uid).map(\.type) == ["HoldSlot", "ReleaseHold"])
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await self.withdraw(registration, in: world, .other)
    }
  }

  @Test(
    "a household that leaves from the desk leaves no appointment open, and its seats are free",
    arguments: World.StoreKind.allCases, [AppointmentState.checkedIn, .inProgress])
  func begun(_ kind: World.StoreKind, _ state: AppointmentState) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    visit.world.clock.set(visit.slot.start)
    let arrived = try await visit.checkIn(booked)
    if state == .inProgress { _ = try await visit.started(arrived) }
    _ = try await withdraw(visit.registration, in: visit.world, .changedPlans)
    let id = try #require(AppointmentID(rawValue: booked.uid))
    let ended = try #require(try await visit.world.store.read { try $0.appointment(id) })
    #expect(ended.state == .voided)
    #expect(ended.cancellation?.party == .applicant)
    #expect(ended.cancellation?.reason == .registrationEnded)
    #expect(try await free([visit.slot], in: visit.world) == [10])
    let event = try #require(try await visit.world.events(of: .appointment, booked.uid).last)
    #expect(event.type == "Void")
    #expect(event.actorClass == .system)
    #expect(event.version == ended.revision.version)
    let entry = try #require(try await visit.world.lastAuditEntries().last)
    #expect(entry.stateAfter == RegistrationState.withdrawn.rawValue)
  }

  private func free(_ slots: [Slot], in world: World) async throws -> [Int?] {
    try await world.store.read { reader in
      try slots.map { try reader.slotAvailability($0.id)?.freeSeats }
    }
  }
}
