import Domain
import Storage

// What follows from a suspicion: a candidate for a reviewer, and a hold on the later registration.
extension Writing {
  /// The registration, held if it is to be because of what these persons are or bring now: it is the
  /// later one, whenever it was handed in, so that nobody loses a place to somebody who brings their
  /// number. A draft is looked at when it is handed in.
  ///
  /// - Parameter documents: theirs, with those that are about to be added
  mutating func matched(
    _ registration: Registration, persons: [Person], documents: [IdentityDocument]
  ) throws -> Registration {
    guard registration.state != .draft else { return registration }
    let concerned = try search(
      registration, for: persons, documents: documents, comesLater: true)
    for other in concerned.sorted() where other != registration.id {
      try reviewDuplicates(of: other)
    }
    let marked = try marked(registration)
    try countHold(of: registration, now: marked)
    return marked
  }

  /// Looks for these persons again, and sets or lifts the hold of whichever registration is the later
  /// one.
  mutating func searchAgain(_ registration: Registration, for persons: [Person]) throws {
    guard registration.state.isLive, registration.state != .draft else { return }
    let move = trail.move
    let concerned = try search(
      registration, for: persons, documents: try documents(of: persons), comesLater: false)
    for id in concerned.sorted() where id != registration.id { try reviewDuplicates(of: id) }
    try reviewDuplicates(of: registration.id)
    // The log's entry is about what the call has changed, not about what was found and written down.
    trail.move = move
  }

  /// Looks for these persons, writes down what is found, and keeps the keys by which others will find
  /// them.
  ///
  /// - Returns: the later registrations of what is found
  private mutating func search(
    _ registration: Registration, for persons: [Person], documents: [IdentityDocument],
    comesLater: Bool
  ) throws -> Set<RegistrationID> {
    let found = try suspicions(
      of: persons, documents: documents, household: try tx.persons(of: registration.id),
      in: registration)
    try keep(persons, documents, in: registration.program)
    let candidates = try file(found, of: registration, comesLater: comesLater)
    return Set(candidates.map(\.second.registration))
  }

  /// Stores persons under the keys by which others find them: what is left of their names, and what the
  /// zones of their documents say besides the numbers that documents are stored under.
  mutating func keep(
    _ persons: [Person], _ documents: [IdentityDocument], in program: ProgramID
  ) throws {
    for person in persons {
      let own = documents.filter { $0.person == person.id }
      try tx.setMatchKeys(
        secrets.matchIndexes(of: person, own, in: program), of: person.id)
    }
  }

  /// Opens a candidate for each pair that is not known, and says what is new of those that are and are
  /// not settled.
  mutating func file(
    _ found: [Suspicion], of registration: Registration, comesLater: Bool = true
  ) throws -> [DuplicateCandidate] {
    var candidates: [DuplicateCandidate] = []
    for suspicion in found {
      if let known = suspicion.known {
        candidates.append(try look(again: known, suspicion.assessment))
      } else if suspicion.assessment.isSuspicious {
        let isLater = try comesLater || self.isLater(registration, than: suspicion.other)
        let (first, second) =
          isLater
          ? (suspicion.other, suspicion.person) : (suspicion.person, suspicion.other)
        let change = try DuplicateCandidateMachine.open(
          makeID(), program: registration.program, first: .init(first), second: .init(second),
          suspicion.assessment, rule: limits.matching, at: now)
        try store(change)
        candidates.append(change.entity)
      }
    }
    return candidates
  }

  private mutating func look(
    again known: DuplicateCandidate, _ assessment: DuplicateAssessment
  ) throws -> DuplicateCandidate {
    var machine = DuplicateCandidateMachine(known)
    let change =
      try known.isSettled
      ? machine.reopen(assessment, rule: limits.matching, at: now)
      : machine.reassess(assessment, rule: limits.matching, at: now)
    guard let change else { return known }
    try store(change)
    return change.entity
  }

  /// Whether a registration was handed in after that of somebody else.
  private func isLater(_ registration: Registration, than other: Person) throws -> Bool {
    guard let first = try tx.glimpse(of: other.registration) else { return true }
    return (first.handedIn, first.id) < (registration.handedIn, registration.id)
  }

  // MARK: Holds

  /// What is known of a registration's duplicates.
  struct DuplicateStanding {
    /// It waits for a reviewer.
    var isHeld = false
    /// It can only be withdrawn.
    var isConfirmed = false
    /// Who does not count meanwhile.
    var apart: Set<PersonID> = []
  }

  /// What is known of a registration's duplicates, where it is the later one and the first has not
  /// ended.
  ///
  /// - Parameter person: somebody who is about to leave it
  func duplicateStanding(
    of id: RegistrationID, without person: PersonID? = nil
  ) throws -> DuplicateStanding {
    var standing = DuplicateStanding()
    for candidate in try tx.duplicateCandidates(of: id)
    where candidate.second.registration == id && candidate.second.person != person
      && candidate.holdsLater
    {
      let isConfirmed = candidate.state == .confirmed
      guard try isConfirmed || isHandedIn(candidate.first.registration) else { continue }
      standing.isHeld = true
      standing.isConfirmed = standing.isConfirmed || isConfirmed
      standing.apart.insert(candidate.second.person)
    }
    return standing
  }

  private func isHandedIn(_ id: RegistrationID) throws -> Bool {
    guard let registration = try tx.glimpse(of: id) else { return false }
    return registration.state.isLive && registration.state != .draft
  }

  /// The registration, marked with what is known of its duplicates.
  func marked(_ registration: Registration, without person: PersonID? = nil) throws -> Registration
  {
    let standing = try duplicateStanding(of: registration.id, without: person)
    var marked = registration
    marked.setDuplicates(
      isHeld: standing.isHeld, isConfirmed: standing.isConfirmed, apart: standing.apart)
    return marked
  }

  /// The registration, freed of a hold whose cause has ended since: for steps that a hold stops.
  func heldNow(_ registration: Registration) throws -> Registration {
    registration.holds.contains(.duplicate) ? try marked(registration) : registration
  }

  /// Holds those again who came after a registration that was over, and is under way once more.
  func reviewLater(than id: RegistrationID) throws {
    let later = try tx.duplicateCandidates(of: id)
      .filter { $0.first.registration == id && $0.holdsLater }
      .map(\.second.registration)
    for other in Set(later).sorted() { try reviewDuplicates(of: other) }
  }

  /// Brings a registration's hold in line with what is known now, with an entry of its own: whatever the call is
  /// about, it is not that. Nothing is done about one that has ended.
  func reviewDuplicates(of id: RegistrationID) throws {
    guard let registration = try tx.registration(id),
      Registration.Event.reviewDuplicates.sources.contains(registration.state)
    else { return }
    let standing = try duplicateStanding(of: id)
    var machine = RegistrationMachine(registration, limits: limits)
    let change = try machine.reviewDuplicates(
      isHeld: standing.isHeld, isConfirmed: standing.isConfirmed, apart: standing.apart, at: now)
    guard let change else { return }
    try withOwnEntry(about: id) { work in
      try work.carryOut(change)
      try work.countHold(of: registration, now: change.entity)
    }
  }
}

extension Registration {
  /// When it was handed in; a draft, when it was begun.
  fileprivate var handedIn: Instant { submitTime ?? revision.createTime }
}
