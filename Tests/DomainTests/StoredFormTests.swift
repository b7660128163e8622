import Domain
import Foundation
import Testing

/// Entities are stored and read back through Codable; what comes back must be what was stored.
@Suite struct StoredFormTests {
  private func returns<Value: Codable & Equatable>(_ value: Value) throws -> Bool {
    let bytes = try JSONEncoder().encode(value)
    return try JSONDecoder().decode(Value.self, from: bytes) == value
  }

  @Test("every entity comes back as it was stored, in each of its states")
  func entities() throws {
    for state in RegistrationState.allCases {
      #expect(try returns(Fixture.registration(state)))
    }
    for state in AppointmentState.allCases { #expect(try returns(Fixture.appointment(state))) }
    for state in HoldState.allCases { #expect(try returns(Fixture.hold(state))) }
    for state in ReferralState.allCases { #expect(try returns(Fixture.referral(state))) }
    for state in ConsentState.allCases {
      #expect(try returns(Fixture.consent(Fixture.first, state)))
    }
    for state in DuplicateState.allCases {
      #expect(try returns(DuplicateCandidateMachineTests.candidate(state)))
    }
    for state in ProgramState.allCases { #expect(try returns(Fixture.program(state))) }
    for state in IntakeWindowState.allCases { #expect(try returns(Fixture.window(state))) }
    #expect(try returns(Fixture.service()))
    #expect(try returns(Fixture.slot()))
    #expect(try returns(SlotPlanTests.schedule()))
    #expect(try returns(ReferralMachineTests.decision()))
    #expect(try returns(AuditEntryCanonicalTests.entry))
    #expect(try returns(try TwoPersonRuleTests.firstCall()))
    #expect(try returns(ReferenceData.pathways))
    #expect(try returns(ReferenceData.eligibilityRules))
    #expect(try returns(ReferenceData.releaseProfiles))
    var random = SplitMix64(seed: 90)
    #expect(try returns(ReferenceData.partners(at: Fixture.now, using: &random)))
    #expect(try returns(ReferenceData.sampleOffices(at: Fixture.now, using: &random)))
    for household in SampleGeneratorTests.households(91, count: 20) {
      #expect(try returns(household.registration))
      #expect(try returns(household.persons))
      #expect(try returns(household.documents))
    }
  }

  @Test("what was stored before a list was added comes back with an empty one")
  func older() throws {
    func without<Value: Codable>(_ keys: Set<String>, _ value: Value) throws -> Value {
      let json = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(value))
      let old = try #require(json as? [String: Any]).filter { !keys.contains($0.key) }
      return try JSONDecoder().decode(
        Value.self, from: try JSONSerialization.data(withJSONObject: old))
    }
    var answers = Answers(
      hostStatus: .national,
      petitioners: [Petitioner(relation: .sibling, beneficiaries: [Fixture.first])],
      leavingReasons: [.debt])
    #expect(try returns(answers))
    let old = try without(["petitioners", "leavingReasons"], answers)
    (answers.petitioners, answers.leavingReasons) = ([], [])
    #expect(old == answers)
    var person = Fixture.person(Fixture.first, born: "1990")
    let bare = person
    (person.parents, person.spouse) = ([Fixture.second], Fixture.third)
    person.work = WorkFacts(skills: [.fruit])
    #expect(try returns(person))
    #expect(try without(["parents", "spouse", "work"], person) == bare)
  }

  @Test("stored text that breaks a rule is refused when it is read")
  func corrupt() {
    func reads<Value: Decodable>(_ type: Value.Type, _ json: String) -> Bool {
      (try? JSONDecoder().decode(type, from: Data(json.utf8))) != nil
    }
    let zero = String(repeating: "0", count: 27)
    #expect(reads([RegistrationID].self, "[\"\(zero)\"]"))
    #expect(!reads([RegistrationID].self, "[\"\(zero.dropLast())1\"]"))
    #expect(reads([CivilDate].self, "[\"2024-02-29\"]"))
    #expect(!reads([CivilDate].self, "[\"2023-02-29\"]"))
    #expect(!reads([Digest].self, "[\"00\"]"))
    #expect(!reads([Etag].self, "[\"x\"]"))
    #expect(!reads([FixedZone].self, "[\"America/New_York\"]"))
    #expect(!reads([RegistrationState].self, "[0]"))
    #expect(!reads([Version].self, "[0]"))
  }
}
