/// Who can be one household: a principal, spouse, children (step, adopted), grandchildren under
/// age, parents. There is always a principal, so a household of 0 cannot be written down.
public enum Household {
  /// Below this age somebody is a minor.
  public static let majorityYears = 18

  /// What keeps these people from being one household, by path; none when they can be.
  ///
  /// Unknown and estimated birth dates never speak against anybody: only what is surely wrong is named.
  public static func problems(
    _ registration: Registration, persons: [Person], today: CivilDate, limits: Limits = .standard
  ) -> [Refusal.Violation] {
    var problems: [Refusal.Violation] = []
    let known = Dictionary(persons.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    if registration.householdCount > limits.householdCountMax {
      problems.append(
        .init("members", "at most \(limits.householdCountMax) people, the principal included"))
    }
    if known[registration.principal] == nil {
      problems.append(.init("principal", "is needed"))
    }
    var seen: Set<PersonID> = [registration.principal]
    for (index, member) in registration.members.enumerated() {
      let path = "members[\(index)]"
      if !seen.insert(member.person).inserted {
        problems.append(.init("\(path).person", "is in the household already"))
        continue
      }
      guard let person = known[member.person] else {
        problems.append(.init("\(path).person", "is not a person of the registration"))
        continue
      }
      if let problem = relationProblem(
        member.relation, person, principal: known[registration.principal], today: today)
      {
        problems.append(.init("\(path).relationship", problem))
      }
    }
    if registration.members.count(where: { $0.relation == .spouse }) > 1 {
      problems.append(.init("members", "at most one spouse"))
    }
    if registration.members.count(where: { $0.relation == .parent }) > 2 {
      problems.append(.init("members", "at most two parents"))
    }
    problems += tieProblems(registration, persons: persons)
    return problems
  }

  private static func relationProblem(
    _ relation: Relation, _ person: Person, principal: Person?, today: CivilDate
  ) -> String? {
    let isAdult = isAdult(person, today: today)
    switch relation {
    case .child, .stepChild, .adoptedChild:
      return isAdult == true ? "a child must be under \(majorityYears)" : nil
    case .grandchildMinor:
      return isAdult == true ? "a grandchild must be under \(majorityYears)" : nil
    case .parent:
      guard let parent = person.certainBirthDate, let child = principal?.certainBirthDate else {
        return nil
      }
      return child.isSurelyBefore(parent) ? "a parent must be the older" : nil
    case .spouse:
      return nil
    }
  }

  /// What is said of guardians, parents and spouses and cannot be so, by path.
  ///
  /// - Parameter last: whose word comes last, so that what disagrees is found with them
  public static func tieProblems(
    _ registration: Registration, persons: [Person], last: PersonID? = nil
  ) -> [Refusal.Violation] {
    let known = Dictionary(persons.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return guardianProblems(registration, known)
      + Kinship.problems(registration, persons: persons, last: last)
  }

  private static func guardianProblems(
    _ registration: Registration, _ known: [PersonID: Person]
  ) -> [Refusal.Violation] {
    registration.members.enumerated().compactMap { index, member in
      guard let guardian = known[member.person]?.guardian else { return nil }
      if guardian == member.person {
        return .init("members[\(index)].person.guardian", "nobody is their own guardian")
      }
      if !registration.persons.contains(guardian) {
        return .init("members[\(index)].person.guardian", "must be of the household")
      }
      return nil
    }
  }

  /// Whether somebody is of age; `nil` when that depends on what is not known of the birth date, or only estimated.
  public static func isAdult(_ person: Person, today: CivilDate) -> Bool? {
    person.certainBirthDate.flatMap { Eligibility.hasAge(majorityYears, born: $0, on: today) }
  }

  /// Who must consent for themselves: everybody not surely a minor. A minor's guardian consents.
  public static func adults(_ persons: [Person], today: CivilDate) -> [PersonID] {
    persons.filter { person in
      guard let birth = person.birthDate else { return true }
      return Eligibility.hasAge(majorityYears, born: birth, on: today) != false
    }.map(\.id)
  }
}
