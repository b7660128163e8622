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
    let facts = change.facts(Self.source(change.entity), history: [])
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
    let facts = change.facts(Self.source(change.entity), history: [])
    #expect(facts.map(\.measure) == [.submitted, .duplicatesHeld])
    #expect(facts.last?.values == [:])
  }

  @Test("each reason to leave is a fact of its own, by department, with nothing to join them by")
  func leaving() {
    let change = Self.change(.submit, from: .draft, to: .submitted) {
      $0.subdivision = "GT-13"
      $0.answers.leavingReasons = [.noWork, .debt, .noWork]
    }
    let facts = change.facts(Self.source(change.entity), history: [])
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
      let facts = change.facts(Self.source(change.entity), history: [])
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
      change.facts(Self.source(change.entity, remote), history: []).first)
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
    let stay = [Self.event("StartScreening", since, from: .submitted, to: .screening)]
    let facts = invited.facts(Self.source(invited.entity), history: stay)
    #expect(facts.map(\.measure) == [.invited, .medianDays])
    #expect(facts.last?.number == 3)
    #expect(facts.last?.values == [.step: "SCREENING"])
    let left = Self.change(.withdraw, from: .screening, to: .withdrawn) {
      $0.submitTime = since
      $0.withdrawalReason = .waitTooLong
    }
    #expect(left.stepsEnded == [])
    #expect(
      left.facts(Self.source(left.entity), history: stay).map(\.values) == [
        [.reason: "WAIT_TOO_LONG", .department: "UNKNOWN"]
      ])
  }

  private static func event(
    _ type: String, _ time: Instant, from before: RegistrationState, to after: RegistrationState
  ) -> StatusEvent {
    var random = SplitMix64(seed: 1)
    return StatusEvent(
      id: StatusEventID(using: &random), aggregate: .registration, uid: "household",
      version: .first, type: type, stateBefore: before.rawValue, stateAfter: after.rawValue,
      actorClass: .staff, time: time)
  }

  @Test("a step is counted once for a case, however often it was in it, all of its days together")
  func stays() {
    var history = [
      Self.event("StartScreening", Fixture.now - .days(20), from: .submitted, to: .screening)
    ]
    for round in 0..<3 {
      let start = Fixture.now - .days(18 - 5 * round)
      history += [
        Self.event("RequestInfo", start, from: .screening, to: .infoRequested),
        Self.event("ProvideInfo", start + .days(1), from: .infoRequested, to: .screening),
        Self.event("Update", start + .days(2), from: .screening, to: .screening),
      ]
    }
    for (event, from, to) in [
      (
        Registration.Event.requestInfo, RegistrationState.screening, RegistrationState.infoRequested
      ),
      (.provideInfo, .infoRequested, .screening),
    ] {
      let change = Self.change(event, from: from, to: to)
      #expect(change.facts(Self.source(change.entity), history: history) == [])
    }
    let invited = Self.change(.invite, from: .screening, to: .invited)
    let days = invited.facts(Self.source(invited.entity), history: history)
      .filter { $0.measure == .medianDays }
    #expect(days.map(\.values) == [[.step: "SCREENING"], [.step: "INFO_REQUESTED"]])
    #expect(days.map(\.number) == [17, 3])
  }

  @Test("who is screened out, reopened and screened out again was screened out once")
  func appeal() {
    let before = [
      Self.event("StartScreening", Fixture.now - .days(9), from: .submitted, to: .screening),
      Self.event("ScreenOut", Fixture.now - .days(6), from: .screening, to: .screenedOut),
      Self.event("Reopen", Fixture.now - .days(2), from: .screenedOut, to: .screening),
    ]
    let out = Self.change(.screenOut, from: .screening, to: .screenedOut)
    let first = out.facts(Self.source(out.entity), history: Array(before.prefix(1)))
    #expect(first.map(\.measure) == [.screenedOut, .medianDays])
    #expect(out.facts(Self.source(out.entity), history: before) == [])
    // Invited after all, the case has not gone through screening twice.
    let invited = Self.change(.invite, from: .screening, to: .invited)
    let facts = invited.facts(Self.source(invited.entity), history: before)
    #expect(facts.map(\.measure) == [.invited])
  }

  @Test("a draft that is taken back has left nothing")
  func draft() {
    let change = Self.change(.withdraw, from: .draft, to: .withdrawn)
    #expect(change.facts(Self.source(change.entity), history: []) == [])
  }

  @Test("an end is counted by outcome and pathway, none among them")
  func outcomes() {
    let ended = Self.change(.resolve, from: .notEligible, to: .resolved) {
      $0.resolution = Resolution(outcome: .none, recordTime: Fixture.now)
    }
    #expect(
      ended.facts(Self.source(ended.entity), history: []).map(\.values) == [
        [.outcome: "NONE", .pathway: "NONE"]
      ])
  }

  @Test("a correction of the form is no fact")
  func updates() {
    let change = Self.change(.update, from: .submitted, to: .submitted)
    #expect(!change.isCounted)
    #expect(change.facts(Self.source(change.entity), history: []) == [])
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
        return change.facts(Self.source(change.entity), history: [])
      }
    }
    #expect(facts.count > 20)
    for fact in facts {
      for value in fact.values.values { #expect(!secrets.contains { value.contains($0) }) }
    }
  }
}
