/// What the households of samples say of their family, their work and why they leave.
///
/// Drawn by a generator of its own for each household, so that what is asked later changes nothing of
/// the people there were.
extension SampleGenerator {
  /// Fills in a household's answers, ties and work.
  func answer(for household: inout SampleHousehold) {
    let seed = household.registration.id.rawValue.utf8.reduce(14_695_981_039_346_656_037) {
      (hash: UInt64, byte) in (hash ^ UInt64(byte)) &* 1_099_511_628_211
    }
    var own = SampleGenerator(seed: seed, now: now, program: program)
    own.tie(&household)
    own.give(&household.registration)
    guard household.registration.answers.seeksTemporaryWork == true else { return }
    for index in household.persons.indices where own.isAdult(household.persons[index]) {
      household.persons[index].work = own.work()
    }
  }

  /// Says whose children the children are, and that the principal's parents are married.
  private func tie(_ household: inout SampleHousehold) {
    let members = household.registration.members
    let principal = household.registration.principal
    let spouse = members.first { $0.relation == .spouse }?.person
    let elders = members.filter { $0.relation == .parent }.map(\.person)
    for (index, person) in household.persons.enumerated() {
      let relation = members.first { $0.person == person.id }?.relation
      switch relation {
      case .child?: household.persons[index].parents = [principal] + (spouse.map { [$0] } ?? [])
      case .stepChild?: household.persons[index].parents = spouse.map { [$0] } ?? []
      case .adoptedChild?: household.persons[index].parents = [principal]
      case .parent? where elders.count == 2:
        household.persons[index].spouse = elders.first { $0 != person.id }
      case nil: household.persons[index].parents = elders
      case .parent?, .spouse?, .grandchildMinor?: break
      }
    }
  }

  private mutating func give(_ registration: inout Registration) {
    let reasons: [(LeavingReason, Int)] = [
      (.noWork, 40), (.violence, 15), (.foodInsecurity, 15), (.disaster, 12), (.debt, 12),
      (.extortion, 8), (.familyReunification, 8), (.noServices, 5), (.persecution, 3),
      (.genderBasedViolence, 3), (.other, 2),
    ]
    let drawn = Set((0..<int(1...3)).map { _ in pick(reasons) })
    registration.answers.leavingReasons =
      chance(1, of: 12) ? [.notSaid] : drawn.sorted { $0.rawValue < $1.rawValue }
    guard registration.answers.hasRelativesInUS == true, chance(1, of: 2) else { return }
    let relation = pick([(PetitionerRelation.sibling, 3), (.parent, 1)])
    let stage = pick([(PetitionStage.notFiled, 2), (.filed, 2), (.approved, 1)])
    let filed = CivilDate(year: today.year - int(3...12), month: int(1...12))
    registration.answers.petitioners = [
      Petitioner(
        fullName: stage == .notFiled ? nil : "\(surname()) \(surname())", relation: relation,
        standing: .citizen, beneficiaries: [registration.principal], stage: stage,
        priorityDate: stage == .notFiled ? nil : filed,
        approvalDate: stage == .approved ? CivilDate(year: today.year - 1) : nil,
        region: .unitedStates)
    ]
  }

  private mutating func work() -> WorkFacts {
    let skills = (0..<int(1...3)).map { _ in
      WorkSkill.allCases[int(0...(WorkSkill.allCases.count - 1))]
    }
    return WorkFacts(
      skills: Set(skills).sorted { $0.rawValue < $1.rawValue },
      drivingLicences: chance(1, of: 4) ? [pick([(.c, 3), (.m, 2), (.a, 1)])] : [],
      spokenLanguages: [.fallback],
      availableFrom: CivilDate(year: today.year, month: int(today.month...12)),
      seasons: chance(1, of: 5)
        ? [WorkSeason(region: chance(1, of: 2) ? .unitedStates : .canada, year: today.year - 1)]
        : [])
  }

  private func isAdult(_ person: Person) -> Bool {
    let isAdult = person.birthDate.flatMap {
      Eligibility.hasAge(Household.majorityYears, born: $0, on: today)
    }
    return isAdult == true
  }
}
