import Testing

@testable import Domain

@Suite struct FactTests {
  private static let day = Fixture.date("2023-07-03")

  private static func person(
    _ birth: String? = "1990-02-28", sex: Sex? = .female, nationalities: [RegionCode] = [.guatemala]
  ) -> Person {
    Person(
      id: Fixture.first, registration: Fixture.household, cluster: Fixture.first,
      fullName: "Marta Xol", nameSystem: .twoSurnames, birthDate: birth.map(Fixture.date), sex: sex,
      nationalities: nationalities, revision: Revision(createdAt: Fixture.now))
  }

  private static func source(
    _ registration: Registration, _ principal: Person? = person()
  ) -> FactSource {
    FactSource(day: day, registration: registration, principal: principal)
  }

  private static func change(
    _ event: Registration.Event, from state: RegistrationState, to next: RegistrationState,
    _ edit: (inout Registration) -> Void = { _ in }
  ) -> Change<Registration> {
    var registration = Fixture.registration(state)
    edit(&registration)
    return registration.move(event, to: next, at: Fixture.now)
  }

  @Test("a submission is one fact, with what its household may be counted by")
  func submission() throws {
    let change = Self.change(.submit, from: .draft, to: .submitted) {
      $0.subdivision = "GT-QZ"
      $0.municipality = "Salcajá"
    }
    let facts = change.facts(Self.source(change.entity), stateSince: nil)
    #expect(facts.map(\.measure) == [.submitted])
    let fact = try #require(facts.first)
    #expect(fact.day == Self.day && fact.number == 1 && fact.program == ReferenceData.pilotID)
    #expect(
      fact.values == [
        .nationality: "GT", .sex: "FEMALE", .ageBand: "30-44", .language: "es-GT",
        .channel: "OFFICE", .department: "GT-09",
      ])
  }

  @Test("a duplicate that is held is counted besides")
  func duplicate() {
    let change = Self.change(.submit, from: .draft, to: .submitted) { $0.holds = .duplicate }
    let facts = change.facts(Self.source(change.entity), stateSince: nil)
    #expect(facts.map(\.measure) == [.submitted, .duplicatesHeld])
    #expect(facts.last?.values == [:])
  }

  @Test("each reason to leave is a fact of its own, by department, with nothing to join them by")
  func leaving() {
    let change = Self.change(.submit, from: .draft, to: .submitted) {
      $0.subdivision = "GT-13"
      $0.answers.leavingReasons = [.noWork, .debt, .noWork]
    }
    let facts = change.facts(Self.source(change.entity), stateSince: nil)
      .filter { $0.measure == .leaving }
    #expect(
      Set(facts.map(\.values)) == [
        [.reason: "NO_WORK", .department: "GT-13"], [.reason: "DEBT", .department: "GT-13"],
      ])
    #expect(facts.count == 2 && facts.allSatisfy { $0.number == 1 })
    for silent: [LeavingReason] in [[], [.notSaid]] {
      let change = Self.change(.submit, from: .draft, to: .submitted) {
        $0.answers.leavingReasons = silent
      }
      let facts = change.facts(Self.source(change.entity), stateSince: nil)
      #expect(facts.map(\.measure) == [.submitted])
    }
  }

  @Test("rare values and what was not said are rows of many")
  func rareValues() throws {
    let remote = Self.person(nil, sex: nil, nationalities: [.ecuador])
    let change = Self.change(.submit, from: .draft, to: .submitted) {
      $0.language = LanguageTag(reading: "yua") ?? .fallback
      $0.subdivision = "HN-CR"
    }
    let fact = try #require(
      change.facts(Self.source(change.entity, remote), stateSince: nil).first)
    #expect(
      fact.values == [
        .nationality: "OTHER", .sex: "UNKNOWN", .ageBand: "UNKNOWN", .language: "OTHER",
        .channel: "OFFICE", .department: "OTHER",
      ])
  }

  @Test(
    "an age band is known where the date is known well enough",
    arguments: [
      ("2005-07-04", "0-17"), ("2005-07-03", "18-29"), ("1993-07-03", "30-44"),
      ("1978-07-04", "30-44"), ("1978-07-03", "45-59"), ("1963-07-03", "60+"), ("2000", "18-29"),
      ("2005", "UNKNOWN"), ("2005-08", "0-17"),
    ])
  func ageBands(_ birth: String, _ band: String) {
    #expect(FactValue.ageBand(Self.person(birth), on: Self.day) == band)
  }

  @Test("a step's days are counted when it ends, and not when the household leaves")
  func steps() {
    let invited = Self.change(.invite, from: .screening, to: .invited)
    let since = Fixture.now - .days(3) - .hours(5)
    let facts = invited.facts(Self.source(invited.entity), stateSince: since)
    #expect(facts.map(\.measure) == [.invited, .medianDays])
    #expect(facts.last?.number == 3)
    #expect(facts.last?.values == [.step: "SCREENING"])
    let left = Self.change(.withdraw, from: .screening, to: .withdrawn) {
      $0.submitTime = since
      $0.withdrawalReason = .waitTooLong
    }
    #expect(left.stepEnded == nil)
    #expect(
      left.facts(Self.source(left.entity), stateSince: since).map(\.values) == [
        [.reason: "WAIT_TOO_LONG", .department: "UNKNOWN"]
      ])
  }

  @Test("a draft that is taken back has left nothing")
  func draft() {
    let change = Self.change(.withdraw, from: .draft, to: .withdrawn)
    #expect(change.facts(Self.source(change.entity), stateSince: nil) == [])
  }

  @Test("an end is counted by outcome and pathway, none among them")
  func outcomes() {
    let ended = Self.change(.resolve, from: .notEligible, to: .resolved) {
      $0.resolution = Resolution(outcome: .none, recordTime: Fixture.now)
    }
    #expect(
      ended.facts(Self.source(ended.entity), stateSince: nil).map(\.values) == [
        [.outcome: "NONE", .pathway: "NONE"]
      ])
  }

  @Test("a correction of the form is no fact")
  func updates() {
    let change = Self.change(.update, from: .submitted, to: .submitted)
    #expect(!change.isCounted)
    #expect(change.facts(Self.source(change.entity), stateSince: Fixture.now) == [])
  }

  @Test("no fact names a person, a case or a receipt")
  func names() {
    let registration = Fixture.registration(.draft)
    let secrets =
      registration.persons.map(\.rawValue) + [
        registration.id.rawValue, registration.receipt.rawValue,
      ]
    let facts = Registration.Event.allCases.flatMap { event in
      RegistrationState.allCases.flatMap { state in
        let change = Self.change(event, from: state, to: .resolved) { $0.submitTime = Fixture.now }
        return change.facts(Self.source(change.entity), stateSince: Fixture.now)
      }
    }
    #expect(facts.count > 20)
    for fact in facts {
      for value in fact.values.values { #expect(!secrets.contains { value.contains($0) }) }
    }
  }
}
