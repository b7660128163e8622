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
    var others = Others()
    for document in documents {
      guard let index = document.numberIndex else { continue }
      for holder in try tx.holders(ofNumber: index, in: registration.program) {
        others.add(holder, for: document.person, isCertain: true)
      }
    }
    try addResembling(persons, in: registration.program, to: &others)
    let known = try tx.duplicateCandidates(of: registration.id)
    try addKnown(known, of: registration.id, persons, to: &others)
    let knownOf = Dictionary(known.map { ($0.pair, $0) }, uniquingKeysWith: { first, _ in first })
    let rule = limits.matching
    let found = try persons.flatMap { person in
      let subject = MatchSubject(
        person, documents: documents.filter { $0.person == person.id }, household: household)
      return try others.of(person.id).filter { $0.person.registration != registration.id }
        .compactMap { other in
          let known = knownOf[DuplicatePair(person.id, other.person.id)]
          return known?.isSettled == true ? nil : try suspicion(of: subject, other, known)
        }
    }
    let ranked = found.sorted { $0.assessment.score > $1.assessment.score }
    return Array(ranked.prefix(rule.candidateCountMax))
  }

  /// Compares two persons; more closely, with what must be read for it, where that can matter.
  private func suspicion(
    of subject: MatchSubject, _ other: Others.Other, _ known: DuplicateCandidate?
  ) throws -> Suspicion? {
    let rule = limits.matching
    let glance = DuplicateAssessment(subject, MatchSubject(other.person), by: rule)
    guard other.isCertain || glance.score + rule.sameHouseholdBits >= rule.reviewBits else {
      return nil
    }
    let whole = MatchSubject(
      other.person, documents: try tx.documents(of: other.person.id),
      household: try tx.persons(of: other.person.registration))
    let assessment = DuplicateAssessment(subject, whole, by: rule)
    guard other.isCertain || assessment.isSuspicious else { return nil }
    return Suspicion(
      person: subject.person, other: other.person, assessment: assessment, known: known)
  }

  /// Those who are stored under keys of these persons.
  private func addResembling(
    _ persons: [Person], in program: ProgramID, to others: inout Others
  ) throws {
    var owners: [Digest: Set<PersonID>] = [:]
    var (narrow, wide): (Set<Digest>, Set<Digest>) = ([], [])
    for person in persons {
      let keys = secrets.searchedIndexes(of: person, in: program)
      for key in keys.narrow + keys.wide { owners[key, default: []].insert(person.id) }
      narrow.formUnion(keys.narrow)
      wide.formUnion(keys.wide)
    }
    // Apart, so that many who share a surname and a year crowd nobody out who shares a birthday.
    let hits =
      try tx.matchHits(Array(narrow), in: program) + tx.matchHits(Array(wide), in: program)
    let found = try tx.persons(Self.strongest(hits, narrow: narrow, limits.matching))
    let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for hit in hits {
      guard let other = byID[hit.person] else { continue }
      for person in owners[hit.key] ?? [] { others.add(other, for: person, isCertain: false) }
    }
  }

  /// Those who share most with what is searched, as many as are compared.
  private static func strongest(
    _ hits: [MatchHit], narrow: Set<Digest>, _ rule: MatchingRule
  ) -> [PersonID] {
    // One key that few have says more than all that many have together.
    let weights = hits.reduce(into: [PersonID: Int]()) { weights, hit in
      weights[hit.person, default: 0] += narrow.contains(hit.key) ? 100 : 1
    }
    return weights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(rule.comparisonCountMax).map(\.key)
  }

  /// Those who are known to resemble these persons: what is true of them now may be something else.
  private func addKnown(
    _ known: [DuplicateCandidate], of registration: RegistrationID, _ persons: [Person],
    to others: inout Others
  ) throws {
    for candidate in known where !candidate.isSettled {
      let sides = [candidate.first, candidate.second]
      guard let mine = sides.first(where: { $0.registration == registration }),
        persons.contains(where: { $0.id == mine.person }),
        let theirs = sides.first(where: { $0.registration != registration }),
        let other = try tx.person(theirs.person)
      else { continue }
      others.add(other, for: mine.person, isCertain: true)
    }
  }

  /// Those who are to be compared with each person.
  private struct Others {
    struct Other {
      var person: Person
      /// Whether there is more than a resemblance: the same number, or what is known already.
      var isCertain: Bool
    }

    private var found: [PersonID: [PersonID: Other]] = [:]

    mutating func add(_ other: Person, for person: PersonID, isCertain: Bool) {
      let wasCertain = found[person]?[other.id]?.isCertain ?? false
      found[person, default: [:]][other.id] =
        Other(person: other, isCertain: isCertain || wasCertain)
    }

    /// By id.
    func of(_ person: PersonID) -> [Other] {
      (found[person] ?? [:]).values.sorted { $0.person.id < $1.person.id }
    }
  }
}
