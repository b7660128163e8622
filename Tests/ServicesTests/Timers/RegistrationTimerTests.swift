import Domain
import ServiceFixture
import Storage
import Testing

@Suite("Drafts, consents and the clock")
struct RegistrationTimerTests {
  @Test("a draft expires after thirty idle days", arguments: World.StoreKind.allCases)
  func draft(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let draft = try await world.household().registration
    let entry = try await world.expectMove(
      "ExpireRegistration", "Expire", of: .registration, draft.id.rawValue,
      at: draft.revision.updateTime + Limits.standard.draftIdleDuration)
    #expect(entry.casePseudonym != nil)
    #expect(try await world.store.read { try $0.registration(draft.id)?.state } == .expired)
  }

  @Test("a draft whose people or papers were worked on is not idle")
  func touched() async throws {
    let world = try await World()
    let household = try await world.household()
    let draft = household.registration
    world.clock.advance(by: .days(20))
    let touch = world.clock.now
    try await world.store.write { tx in
      var person = household.persons[1]
      person.revision.advance(at: tx.now)
      try tx.update(person, from: household.persons[1].revision.version)
    }
    world.clock.set(draft.revision.updateTime + .days(35))
    try await world.expectNothing()
    try await world.expectMove(
      "ExpireRegistration", "Expire", of: .registration, draft.id.rawValue,
      at: touch + Limits.standard.draftIdleDuration)
  }

  @Test("what was handed in does not expire", arguments: [RegistrationState.submitted, .eligible])
  func submitted(_ state: RegistrationState) async throws {
    let world = try await World()
    _ = try await world.household(in: state)
    world.clock.advance(by: .days(400))
    try await world.expectNothing()
  }

  @Test(
    "a consent expires at its end, and leaves what was sent on it where it is",
    arguments: World.StoreKind.allCases)
  func consent(_ kind: World.StoreKind) async throws {
    let referred = try await EndingTests.Referred(kind)
    let world = referred.world
    let referral = try await referred.referral(in: .sent)
    // The couple's consents end together: let the other one go on, so that one thing is due.
    var other = referred.consents[1]
    other.expireTime = nil
    other.revision.advance(at: world.clock.now)
    try await world.store.write { [other] in
      try $0.update(other, from: referred.consents[1].revision.version)
    }
    let end = try #require(referred.consents[0].expireTime)
    let entry = try await world.expectMove(
      "ExpireConsent", "Expire", of: .consent, referred.consents[0].id.rawValue, at: end)
    #expect(entry.casePseudonym != nil)
    let consent = try await world.store.read { try $0.consent(referred.consents[0].id) }
    #expect(consent?.state == .expired)
    #expect(try await referred.state(referral) == .sent)
  }

  @Test("a draft's consent that expires does not keep the draft alive")
  func ownConsent() async throws {
    let world = try await World()
    let draft = try await world.household().registration
    var consent = try await world.consent(
      of: draft.principal, in: draft.id, to: .unhcr, for: .processing)
    let version = consent.revision.version
    consent.expireTime = world.clock.now + .days(1)
    consent.revision.advance(at: consent.revision.createTime)
    try await world.store.write { [consent] in try $0.update(consent, from: version) }
    try await world.expectMove(
      "ExpireConsent", "Expire", of: .consent, consent.id.rawValue,
      at: world.clock.now + .days(1))
    try await world.expectMove(
      "ExpireRegistration", "Expire", of: .registration, draft.id.rawValue,
      at: try #require(consent.grantTime).touched)
  }
}

extension Instant {
  /// When what was last touched then is idle.
  fileprivate var touched: Instant { self + Limits.standard.draftIdleDuration }
}
