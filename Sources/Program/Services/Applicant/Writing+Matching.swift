import Domain
import Storage

/// Somebody of a household and somebody of another registration who may be one.
struct Suspicion {
  /// The one whose registration the call is about.
  var person: Person
  /// The other.
  var other: Person
  /// What speaks for and against.
  var assessment: DuplicateAssessment
  /// What is written down of the two.
  var known: DuplicateCandidate?
}

// Who is already registered (domain § 10): found by keyed indexes, compared one by one, and written down.
extension Writing {
  /// How many are looked at of those who are stored under one key: fewer under a telephone, which a
  /// village may share.
  private static let (hitCountMax, phoneHitCountMax) = (100, 20)

  /// Looks for these persons in the programme's other registrations that have been handed in and not
  /// ended: by the numbers of their documents, and by what is left of names, dates and telephones
  /// whatever one mistake there is in them.
  ///
  /// - Parameters:
  ///   - documents: theirs, with those that are about to be added
  ///   - household: everybody of the registration
  /// - Returns: the highest scores first; with them what is known of these persons, whatever speaks for
  ///   it now. What is settled is left out, so that it keeps nothing back that somebody must look at.
  func suspicions(
    of persons: [Person], documents: [IdentityDocument], household: [Person],
    in registration: Registration
  ) throws -> [Suspicion] {
    let known = try tx.duplicateCandidates(of: registration.id)
    var choice = MatchChoice(of: (household + persons).map(\.id))
    try addHolders(of: documents, in: registration.program, to: &choice)
    try addResembling(persons, in: registration.program, to: &choice)
    Self.add(known, of: persons, to: &choice)
    let pairs = choice.pairs(by: limits.matching)
    let mine = MatchHousehold(household)
    var comparison = Comparison(rule: limits.matching, tx: tx)
    for person in persons {
      comparison.subjects[person.id] = MatchSubject(
        person, documents: documents.filter { $0.person == person.id }, household: mine)
    }
    for other in try tx.persons(pairs.map(\.other)) where other.registration != registration.id {
      comparison.others[other.id] = MatchSubject(other)
    }
    let knownOf = Dictionary(known.map { ($0.pair, $0) }, uniquingKeysWith: { first, _ in first })
    let found = try pairs.compactMap { pair in
      try comparison.suspicion(pair, knownOf[DuplicatePair(pair.person, pair.other)])
    }
    let ranked = found.sorted { $0.assessment.score > $1.assessment.score }
    return Array(ranked.prefix(limits.matching.candidateCountMax))
  }

  /// Those who bring the numbers of these documents too.
  private func addHolders(
    of documents: [IdentityDocument], in program: ProgramID, to choice: inout MatchChoice
  ) throws {
    for document in documents {
      for index in document.numbers.map({ secrets.index(of: $0) }) {
        for holder in try tx.holders(ofNumber: index, in: program) {
          choice.add(holder.id, to: document.person, .number)
        }
        // Those whose zone says it are stored under it; see `keep`.
        for hit in try tx.matchHits([index], in: program, limit: Self.hitCountMax) {
          choice.add(hit.person, to: document.person, .number)
        }
      }
    }
  }

  /// Those who are stored under keys of these persons.
  private func addResembling(
    _ persons: [Person], in program: ProgramID, to choice: inout MatchChoice
  ) throws {
    var owners: [MatchChoice.Weight: [Digest: Set<PersonID>]] = [:]
    var phones: [Digest: Set<PersonID>] = [:]
    for person in persons {
      let keys = secrets.searchedIndexes(of: person, in: program)
      for key in keys.narrow { owners[.narrow, default: [:]][key, default: []].insert(person.id) }
      for key in keys.wide { owners[.wide, default: [:]][key, default: []].insert(person.id) }
      for key in keys.phone { phones[key, default: []].insert(person.id) }
    }
    func add(
      _ owners: [Digest: Set<PersonID>], limit: Int, _ weight: MatchChoice.Weight
    ) throws {
      for hit in try tx.matchHits(Array(owners.keys), in: program, limit: limit) {
        for person in owners[hit.key] ?? [] { choice.add(hit.person, to: person, weight) }
      }
    }
    for (weight, owners) in owners { try add(owners, limit: Self.hitCountMax, weight) }
    try add(phones, limit: Self.phoneHitCountMax, .wide)
  }

  /// Those who are known to resemble these persons: what is true of them now may be something else.
  private static func add(
    _ known: [DuplicateCandidate], of persons: [Person], to choice: inout MatchChoice
  ) {
    let ids = Set(persons.map(\.id))
    for candidate in known where !candidate.isSettled {
      let (first, second) = (candidate.first.person, candidate.second.person)
      if ids.contains(first) { choice.add(second, to: first, .known) }
      if ids.contains(second) { choice.add(first, to: second, .known) }
    }
  }
}

/// Compares pairs; more closely, with what must be read for it, where that can matter. What one pair
/// needed is there for the next.
private struct Comparison {
  let rule: MatchingRule
  let tx: any StoreTransaction
  /// Those of the household, whole.
  var subjects: [PersonID: MatchSubject] = [:]
  /// The others, without what only a closer look needs.
  var others: [PersonID: MatchSubject] = [:]
  private var wholes: [PersonID: MatchSubject] = [:]
  private var households: [RegistrationID: MatchHousehold] = [:]

  init(rule: MatchingRule, tx: any StoreTransaction) {
    (self.rule, self.tx) = (rule, tx)
  }

  mutating func suspicion(
    _ pair: MatchChoice.Pair, _ known: DuplicateCandidate?
  ) throws -> Suspicion? {
    guard let subject = subjects[pair.person], let other = others[pair.other] else { return nil }
    let glance = DuplicateAssessment(subject, other, by: rule)
    guard pair.isCertain || glance.score + rule.sameHouseholdBits >= rule.reviewBits else {
      return nil
    }
    let assessment = DuplicateAssessment(subject, try whole(other.person), by: rule)
    guard pair.isCertain || assessment.isSuspicious,
      known?.isSettled(against: assessment, rule: rule) != true
    else { return nil }
    return Suspicion(
      person: subject.person, other: other.person, assessment: assessment, known: known)
  }

  private mutating func whole(_ person: Person) throws -> MatchSubject {
    if let whole = wholes[person.id] { return whole }
    let household =
      try households[person.registration]
      ?? MatchHousehold(try tx.persons(of: person.registration))
    households[person.registration] = household
    let whole = MatchSubject(
      person, documents: try tx.documents(of: person.id), household: household)
    wholes[person.id] = whole
    return whole
  }
}
