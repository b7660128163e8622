/// The family as a graph, of what persons say of each other and what members are to the principal: who
/// is whose parent, and who is whose spouse.
public enum Kinship {
  /// What cannot be so, by path; unknown birth dates speak against nobody.
  ///
  /// - Parameter last: whose word comes last, so that what disagrees is found with them
  public static func problems(
    _ registration: Registration, persons: [Person], last: PersonID? = nil
  ) -> [Refusal.Violation] {
    var family = Family(registration, persons)
    let persons = registration.persons
    let order = persons.filter { $0 != last } + persons.filter { $0 == last }
    return order.flatMap { family.problems(of: $0) }
  }

  /// The path of a person in a registration; nil for somebody else's.
  public static func path(of person: PersonID, in registration: Registration) -> String? {
    if person == registration.principal { return "principal" }
    let index = registration.members.firstIndex { $0.person == person }
    return index.map { "members[\($0)].person" }
  }
}

/// A household's graph.
private struct Family {
  private let registration: Registration
  private let persons: [PersonID: Person]
  /// Everybody's parents, said and implied.
  private var parents: [PersonID: Set<PersonID>] = [:]
  /// Everybody's spouse, implied or said by those asked so far.
  private var spouses: [PersonID: PersonID] = [:]

  init(_ registration: Registration, _ known: [Person]) {
    self.registration = registration
    persons = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for person in known { parents[person.id] = Set(person.parents) }
    let principal = registration.principal
    let spouse = registration.members.first { $0.relation == .spouse }?.person
    if let spouse { (spouses[principal], spouses[spouse]) = (spouse, principal) }
    for member in registration.members {
      switch member.relation {
      case .child, .adoptedChild: parents[member.person, default: []].insert(principal)
      case .stepChild:
        if let spouse { parents[member.person, default: []].insert(spouse) }
      case .parent: parents[principal, default: []].insert(member.person)
      case .spouse, .grandchildMinor: break
      }
    }
  }

  mutating func problems(of id: PersonID) -> [Refusal.Violation] {
    guard let person = persons[id], let path = Kinship.path(of: id, in: registration) else {
      return []
    }
    var problems = person.parents.enumerated().compactMap { index, parent in
      parentProblem(person, parent).map {
        Refusal.Violation("\(path).parents[\(index)]", $0)
      }
    }
    // Of relationships alone ``Household`` counts them.
    if problems.isEmpty, !person.parents.isEmpty, parents[id, default: []].count > 2 {
      problems.append(.init("\(path).parents", "there are two parents at most"))
    }
    if let spouse = person.spouse, let problem = spouseProblem(person, spouse) {
      problems.append(.init("\(path).spouse", problem))
    }
    return problems
  }

  private func parentProblem(_ child: Person, _ parent: PersonID) -> String? {
    if parent == child.id { return "nobody is their own parent" }
    guard let known = persons[parent], registration.persons.contains(parent) else {
      return "must be of the household"
    }
    if isDescendant(parent, of: child.id) { return "descends from the person" }
    if let born = child.certainBirthDate, let before = known.certainBirthDate,
      born.isSurelyBefore(before)
    {
      return "a parent must be the older"
    }
    let relation = registration.members.first { $0.person == child.id }?.relation
    if relation == .stepChild, parent == registration.principal {
      return "a step-child is not the principal's"
    }
    return nil
  }

  private mutating func spouseProblem(_ person: Person, _ spouse: PersonID) -> String? {
    if spouse == person.id { return "nobody is their own spouse" }
    guard persons[spouse] != nil, registration.persons.contains(spouse) else {
      return "must be of the household"
    }
    if isDescendant(spouse, of: person.id) || isDescendant(person.id, of: spouse) {
      return "is a parent or child of the person"
    }
    guard spouses[person.id, default: spouse] == spouse,
      spouses[spouse, default: person.id] == person.id
    else { return "one of the two is said to be another's spouse" }
    (spouses[person.id], spouses[spouse]) = (spouse, person.id)
    return nil
  }

  /// Whether one descends from the other; ends whatever circles there are.
  private func isDescendant(_ person: PersonID, of ancestor: PersonID) -> Bool {
    var seen: Set<PersonID> = []
    var next = Array(parents[person, default: []])
    while let parent = next.popLast() {
      if parent == ancestor { return true }
      if seen.insert(parent).inserted { next += parents[parent, default: []] }
    }
    return false
  }
}
