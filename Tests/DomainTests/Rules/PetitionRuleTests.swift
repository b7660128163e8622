import Domain
import Testing

@Suite struct PetitionRuleTests {
  private static let household = [Fixture.first, Fixture.second, Fixture.third]

  private static func petitioner(
    _ relation: PetitionerRelation = .sibling, _ standing: PetitionerStanding? = .citizen,
    _ stage: PetitionStage? = .approved
  ) -> Petitioner {
    Petitioner(
      relation: relation, standing: standing, beneficiaries: [Fixture.first], stage: stage,
      region: .unitedStates)
  }

  private static func lack(
    _ pathway: PathwayID, _ petitioners: [Petitioner], nationality: RegionCode? = .guatemala,
    on day: String = "2023-07-07"
  ) -> PetitionRule.Lack? {
    var principal = Fixture.person(Fixture.first, born: "1990")
    principal.nationalities = nationality.map { [$0] } ?? []
    return ReferenceData.petitionRule(of: pathway).lack(
      of: Answers(petitioners: petitioners), persons: [principal], today: Fixture.date(day))
  }

  @Test("reunification takes a relative's approved petition, of somebody who may petition")
  func reunification() {
    let pathway = PathwayID.familyReunificationParole
    #expect(Self.lack(pathway, [Self.petitioner()]) == nil)
    #expect(Self.lack(pathway, [Self.petitioner(.parent, .permanentResident)]) == nil)
    #expect(Self.lack(pathway, [Self.petitioner(.sibling, nil)]) == nil)
    #expect(Self.lack(pathway, []) == .petitioner)
    for wrong in [
      Self.petitioner(.sibling, .citizen, .filed), Self.petitioner(.sibling, .citizen, .denied),
      Self.petitioner(.sibling, .citizen, nil), Self.petitioner(.sibling, .permanentResident),
      Self.petitioner(.spouse, .otherLawful), Self.petitioner(.supporter),
    ] {
      #expect(Self.lack(pathway, [wrong]) == .petition, "\(wrong)")
      #expect(Self.lack(pathway, [wrong, Self.petitioner()]) == nil)
    }
  }

  @Test(
    "it is for some nationalities, from its first day; a nationality not known is none against it")
  func scope() {
    let (pathway, one) = (PathwayID.familyReunificationParole, [Self.petitioner()])
    #expect(Self.lack(pathway, one, nationality: .nicaragua) == .nationality)
    #expect(Self.lack(pathway, one, nationality: .honduras) == nil)
    #expect(Self.lack(pathway, one, nationality: nil) == nil)
    #expect(
      Self.lack(pathway, one, on: "2023-07-06") == .start(Fixture.date("2023-07-07")))
    var forChild = Self.petitioner()
    forChild.beneficiaries = [Fixture.third]
    #expect(Self.lack(pathway, [forChild]) == .nationality, "the principal is no beneficiary")
  }

  @Test("supporters are enough for CHNV, with or without a petition")
  func supporters() {
    #expect(
      Self.lack(.chnv, [Self.petitioner(.supporter, .otherLawful, nil)], nationality: .cuba) == nil)
    #expect(Self.lack(.chnv, [], nationality: .cuba) == .petitioner)
    #expect(Self.lack(.chnv, [Self.petitioner()]) == .nationality)
  }

  @Test("findings agree with the answers")
  func findings() throws {
    let petitioned = try #require(ReferenceData.pathway(.familyReunificationParole))
    let referred = try #require(ReferenceData.pathway(.usrap))
    func field(
      _ finding: Finding, _ reason: FindingReason?, _ pathway: Pathway, _ lack: PetitionRule.Lack?
    ) -> String? {
      EligibilityFinding(pathway: pathway.id, finding: finding, reason: reason)
        .contradiction(pathway, lack: lack)?.field
    }
    #expect(field(.eligible, nil, petitioned, nil) == nil)
    #expect(field(.eligible, nil, petitioned, .petitioner) == "finding")
    #expect(field(.notEligible, .noPetitioner, petitioned, .petition) == nil)
    #expect(field(.notEligible, .noPetitioner, petitioned, nil) == "reason")
    #expect(field(.notEligible, .noPetitioner, petitioned, .nationality) == "reason")
    #expect(field(.notEligible, .declined, petitioned, nil) == nil)
    #expect(field(.notEligible, .noPetitioner, referred, nil) == "reason")
    #expect(field(.eligible, nil, referred, nil) == nil)
  }

  // MARK: The answers

  private static func problems(_ change: (inout Answers) -> Void) -> [String] {
    var answers = Answers(petitioners: [petitioner()])
    change(&answers)
    return answers.problems(household: household).map(\.field)
  }

  @Test("what a petitioner cannot be is named by its field")
  func petitioners() {
    typealias Case = ((inout Petitioner) -> Void, String)
    let wrong: [Case] = [
      ({ $0.relation = .supporter }, "stage"), ({ $0.standing = .permanentResident }, "standing"),
      ({ $0.standing = .otherLawful }, "standing"),
      ({ ($0.stage, $0.priorityDate) = (.notFiled, Fixture.date("2015")) }, "priority_date"),
      ({ ($0.stage, $0.priorityDate) = (nil, Fixture.date("2015")) }, "priority_date"),
      ({ ($0.stage, $0.approvalDate) = (.filed, Fixture.date("2015")) }, "approval_date"),
      (
        {
          $0.priorityDate = Fixture.date("2015-06")
          $0.approvalDate = Fixture.date("2015-05-31")
        }, "approval_date"
      ), ({ $0.beneficiaries.append(PersonID(checked: "stranger")) }, "beneficiaries[1]"),
    ]
    for (change, field) in wrong {
      #expect(Self.problems { change(&$0.petitioners[0]) } == ["petitioners[0].\(field)"])
    }
    #expect(
      Self.problems {
        // The day of the month is not known, so it may be the same.
        $0.petitioners[0].priorityDate = Fixture.date("2015-06")
        $0.petitioners[0].approvalDate = Fixture.date("2015-06-01")
      } == [])
  }

  @Test("no is not said where a petitioner says yes, and silence stands alone")
  func contradictions() {
    #expect(Self.problems { _ in } == [])
    #expect(Self.problems { $0.hasFamilyPetition = false } == ["family_petition_pending"])
    #expect(Self.problems { $0.hasRelativesInUS = false } == ["relatives_in_us"])
    #expect(
      Self.problems {
        $0.hasUSSponsor = false
        $0.petitioners.append(Self.petitioner(.supporter, .citizen, nil))
      } == ["us_sponsor"])
    #expect(Self.problems { $0.hasUSSponsor = false } == [])
    #expect(Self.problems { $0.leavingReasons = [.notSaid] } == [])
    #expect(Self.problems { $0.leavingReasons = [.notSaid, .debt] } == ["leaving_reasons"])
  }

  @Test("who leaves the household leaves the petitions, and a petition for nobody goes")
  func leaves() throws {
    var registration = Fixture.registration(.draft)
    var both = Self.petitioner()
    both.beneficiaries = [Fixture.first, Fixture.third]
    var one = Self.petitioner()
    one.beneficiaries = [Fixture.third]
    registration.answers.petitioners = [both, one]
    var machine = RegistrationMachine(registration)
    let left = try machine.removeMember(Fixture.third, at: Fixture.now).entity
    #expect(left.answers.petitioners.map(\.beneficiaries) == [[Fixture.first]])
  }

  // MARK: Work

  @Test("nobody is back before they leave, or has worked in a year to come or twice")
  func work() {
    let today = Fixture.date("2023-07-03")
    func problems(_ from: String?, _ until: String?, _ years: [Int] = []) -> [String] {
      WorkFacts(
        availableFrom: from.map(Fixture.date), availableUntil: until.map(Fixture.date),
        seasons: years.map { WorkSeason(region: .canada, year: $0) }
      ).problems(today: today).map(\.field)
    }
    #expect(problems("2023-09", "2023-09-01", [2019, 2023]) == [])
    #expect(problems("2023-09", nil) == [])
    #expect(problems("2023-09", "2023-08-31") == ["available_until_date"])
    #expect(problems(nil, nil, [2024]) == ["seasons[0].year"])
    #expect(problems(nil, nil, [2019, 2019]) == ["seasons[1]"])
  }
}
