import Domain
import Testing

@Suite struct ReleaseRuleTests {
  static func facts(
    _ partner: PartnerID = .usRsc, _ purpose: Purpose = .resettlement,
    _ state: ReferralState = .sent
  ) -> ReleaseRule.Facts {
    ReleaseRule.Facts(
      partner: partner, purpose: purpose, registrationState: .eligible, referralState: state,
      persons: [Fixture.first, Fixture.second],
      consents: [Fixture.first, Fixture.second].map {
        Fixture.consent(
          $0, to: partner, for: purpose, classes: DataClassSet(classes: DataClass.allCases))
      }, now: Fixture.now)
  }

  static func classes(_ facts: ReleaseRule.Facts) -> [DataClass] {
    ReleaseRule.classes(facts, profiles: ReferenceData.releaseProfiles).classes
  }

  @Test("each partner gets its profile's classes for its purpose")
  func profiles() {
    #expect(Self.classes(Self.facts()) == [.identity, .document, .protection, .family])
    #expect(
      Self.classes(Self.facts(.gtMintrab, .h2Recruitment)) == [.identity, .contact, .employment])
    #expect(Self.classes(Self.facts(.gtIgm, .passportServices)) == [])
    #expect(
      Self.classes(Self.facts(.unhcr, .localServices)) == [.identity, .contact, .protection])
    for partner in [PartnerID.iom, .gtMintrab] {
      #expect(Self.classes(Self.facts(partner, .localServices)) == [.identity, .contact])
    }
  }

  @Test("no body of the host government has a profile for resettlement")
  func hostGovernment() {
    for partner in [PartnerID.gtMinex, .gtIgm, .gtMintrab] {
      #expect(Self.classes(Self.facts(partner)).isEmpty)
      #expect(ReferenceData.releaseProfile(partner: partner, purpose: .resettlement) == nil)
    }
  }

  @Test("nothing is released before sending or after the end", arguments: ReferralState.allCases)
  func referralStates(state: ReferralState) {
    let isOpen = (2...8).contains(state.rawValue) && state != .returned
    #expect(Self.classes(Self.facts(.usRsc, .resettlement, state)).isEmpty == !isOpen)
  }

  @Test(
    "nothing is released of a household not found eligible", arguments: RegistrationState.allCases)
  func registrationStates(state: RegistrationState) {
    var facts = Self.facts()
    facts.registrationState = state
    let isOpen = [RegistrationState.eligible, .referred, .resolved].contains(state)
    #expect(Self.classes(facts).isEmpty == !isOpen)
  }

  @Test("one person's missing consent keeps everybody's data, a narrower one narrows it")
  func consents() {
    var facts = Self.facts()
    facts.consents[1] = Fixture.consent(
      Fixture.second, classes: DataClassSet(classes: [.identity]))
    #expect(Self.classes(facts) == [.identity])
    facts.consents.append(
      Fixture.consent(Fixture.second, classes: DataClassSet(classes: [.family])))
    #expect(Self.classes(facts) == [.identity, .family])
    facts.consents = [facts.consents[0], Fixture.consent(Fixture.second, .withdrawn)]
    #expect(Self.classes(facts).isEmpty)
    facts.persons = []
    #expect(Self.classes(facts).isEmpty)
  }
}
