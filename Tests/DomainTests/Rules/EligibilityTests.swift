import Domain
import Testing

@Suite struct EligibilityTests {
  static func rule(_ program: String = "gt-pilot-2023", _ version: Int = 1) throws
    -> EligibilityRule
  {
    try #require(
      ReferenceData.eligibilityRules.first {
        $0.program.rawValue == program && $0.version == version
      })
  }

  static func facts(
    _ nationality: RegionCode? = .guatemala, born: String? = "1990-05-05",
    since: String? = "2020", status: HostStatus? = .national
  ) -> Eligibility.Facts {
    Eligibility.Facts(
      nationalities: nationality.map { [$0] } ?? [], birthDate: born.flatMap { CivilDate($0) },
      presentSince: since.flatMap { CivilDate($0) }, hostStatus: status)
  }

  static func judge(
    _ facts: Eligibility.Facts, _ rule: EligibilityRule
  ) -> Eligibility.Verdict {
    Eligibility.judge(facts, by: rule, today: Fixture.date("2023-07-03"))
  }

  @Test("the rule in force changes at midnight of 1 August 2023 in Guatemala")
  func dated() throws {
    for (time, version) in [
      ("2023-06-12T05:59:59.999999Z", nil), ("2023-06-12T06:00:00Z", 1),
      ("2023-08-01T05:59:59.999999Z", 1), ("2023-08-01T06:00:00Z", 2),
    ] as [(String, Int?)] {
      let date = Fixture.date(String(time.prefix(10)))
      let midnight = try #require(FixedZone.guatemala.instant(date, minuteOfDay: 0))
      let now = time.hasSuffix("06:00:00Z") ? midnight : midnight - .microseconds(1)
      #expect(now.description == time)
      let rule = Eligibility.rule(
        in: ReferenceData.eligibilityRules, for: ReferenceData.pilotID, at: now)
      #expect(rule?.version == version, "\(time)")
    }
  }

  @Test("where two rules overlap the newer counts, and another program's never does")
  func overlap() throws {
    var newer = try Self.rule()
    newer.version = 3
    let other = try Self.rule("cr-2023")
    let found = Eligibility.rule(
      in: [newer, try Self.rule(), other], for: ReferenceData.pilotID, at: Fixture.now)
    #expect(found?.version == 3)
    #expect(Eligibility.rule(in: [other], for: ReferenceData.pilotID, at: Fixture.now) == nil)
  }

  @Test("at the opening four nationalities in their own countries, in August Guatemalans only")
  func guatemala() throws {
    let opening = try Self.rule()
    let august = try Self.rule("gt-pilot-2023", 2)
    #expect(Self.judge(Self.facts(), opening).isMet)
    #expect(Self.judge(Self.facts(.honduras, status: .inOwnCountry), opening).isMet)
    #expect(Self.judge(Self.facts(.cuba, status: .inOwnCountry), opening).unmet == [.nationality])
    #expect(
      Self.judge(Self.facts(.honduras, status: .irregularEntry), opening).unmet == [.hostStatus])
    #expect(Self.judge(Self.facts(), august).isMet)
    #expect(
      Self.judge(Self.facts(.honduras, status: .inOwnCountry), august).unmet
        == [.nationality, .hostStatus])
  }

  @Test(
    "in Costa Rica one must have been there by 12 June 2023",
    arguments: [
      ("2023-06-12", [], []), ("2023-06-13", [EligibilityCriterion.presence], []),
      ("2023-06", [], [EligibilityCriterion.presence]), ("2023-05", [], []),
      ("2023", [], [.presence]), ("2022", [], []), ("2024", [.presence], []),
    ] as [(String, [EligibilityCriterion], [EligibilityCriterion])])
  func cutoff(
    since: String, unmet: [EligibilityCriterion], undecided: [EligibilityCriterion]
  ) throws {
    let verdict = Self.judge(
      Self.facts(.venezuela, since: since, status: .refugee), try Self.rule("cr-2023"))
    #expect(verdict.unmet == unmet)
    #expect(verdict.undecided == undecided)
  }

  @Test(
    "somebody is of age on the birthday, and a partial date is judged by what it may be",
    arguments: [
      ("2005-07-03", true), ("2005-07-04", false), ("2005-06", true), ("2005-07", nil),
      ("2005-08", false), ("2004", true), ("2005", nil), ("2006", false), ("2005-01-01", true),
    ] as [(String, Bool?)])
  func age(born: String, isAdult: Bool?) {
    #expect(
      Eligibility.hasAge(18, born: Fixture.date(born), on: Fixture.date("2023-07-03")) == isAdult)
  }

  @Test("what was not answered is undecided, not unmet")
  func unanswered() throws {
    let verdict = Self.judge(
      Self.facts(nil, born: nil, since: nil, status: nil), try Self.rule("ec-2023"))
    #expect(verdict.unmet.isEmpty)
    #expect(verdict.undecided == [.nationality, .presence, .hostStatus])
    #expect(!verdict.isMet)
  }

  @Test("an estimated year of birth speaks against nobody, and a known one does")
  func estimated() throws {
    var rule = try Self.rule()
    rule.ageMinimumYears = 18
    var facts = Self.facts(born: "2006")
    #expect(Self.judge(facts, rule).unmet == [.age])
    facts.isBirthDateEstimated = true
    #expect(Self.judge(facts, rule).unmet.isEmpty)
    #expect(!Self.judge(facts, rule).isMet)
    facts.birthDate = CivilDate("1990")
    #expect(Self.judge(facts, rule).isMet)
  }
}
