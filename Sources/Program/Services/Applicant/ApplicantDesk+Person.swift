import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func addPerson(
    _ request: SafeMobility.AddPersonRequest, call: ServerCall
  ) async throws -> SafeMobility.AddPersonResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let registration = try work.registration(RegistrationID(name: request.parent))
      let relation = try Relation(request.relationship, field: "relationship")
      let person = try work.person(
        request.person ?? .init(), of: registration.id, field: "person")
      let change = try work.add(person, as: relation, to: registration)
      return try .with {
        $0.person = try work.message(for: person)
        $0.registration = try work.message(for: change.entity, view: .full)
      }
    }
  }

  public func updatePerson(
    _ request: SafeMobility.UpdatePersonRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdatePersonResponse {
    try await desk.change(request, id: \.requestId, about: request.person?.name ?? "", call) {
      work in
      let wanted = request.person ?? .init()
      let (registration, person) = try work.person(named: wanted.name)
      try person.etag.require(request.etag)
      var current = SafeMobility.Person(person)
      // It follows from the date: who corrects that alone need not say it.
      if !person.isBirthDateEstimated { current.birthDatePrecision = .unspecified }
      let merged = try current.merged(with: wanted, mask: request.updateMask)
      var edited = person
      try edited.take(from: merged, field: "person", at: work.now)
      try work.checkTies(of: edited, in: registration)
      edited.revision.advance(at: work.now)
      // A correction is a change of the case too: whoever has read it must read it again.
      let documents = try work.tx.documents(of: person.id)
      let matched = try work.matched(registration, persons: [edited], documents: documents)
      var machine = RegistrationMachine(matched, limits: work.limits)
      let change = try machine.update(to: registration, at: work.now)
      try work.tx.update(edited, from: person.revision.version)
      try work.note(.person, edited.id, .updated(edited.revision))
      try work.store(change)
      return try .with {
        $0.person = try work.message(for: edited)
        $0.registration = try work.message(for: change.entity, view: .full)
      }
    }
  }

  public func removePerson(
    _ request: SafeMobility.RemovePersonRequest, call: ServerCall
  ) async throws -> SafeMobility.RemovePersonResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let (registration, person) = try work.person(named: request.name)
      try person.etag.require(request.etag)
      let marked = try work.marked(registration, without: person.id)
      var machine = RegistrationMachine(marked, limits: work.limits)
      let change = try machine.removeMember(person.id, at: work.now)
      try work.demandUnbooked(person, of: registration)
      let candidates = try work.duplicateCandidates(of: person)
      try work.demandUnconfirmed(candidates)
      try work.untie(person, in: registration)
      try work.remove(person, candidates)
      // What was known of the two holds nobody any more.
      for candidate in candidates where candidate.second.registration != registration.id {
        try work.reviewDuplicates(of: candidate.second.registration)
      }
      try work.store(change)
      try work.correctWaiting(of: change.entity)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }
}

extension Writing {
  /// Adds a member. Whoever may be in another live registration comes UNDER_REVIEW (INV-8).
  fileprivate mutating func add(
    _ person: Person, as relation: Relation, to registration: Registration
  ) throws -> Change<Registration> {
    let household = try tx.persons(of: registration.id)
    try checkHousehold(
      try added(person, relation, .active, to: registration).entity, persons: household + [person])
    try demandUnbooked(registration)
    try tx.insert(person, key: Secrets.makeKey())
    try note(.person, person.id, .created(person.revision))
    let matched = try matched(registration, persons: [person], documents: [])
    let isApart = try duplicateStanding(of: registration.id).apart.contains(person.id)
    let change = try added(person, relation, isApart ? .underReview : .active, to: matched)
    try store(change)
    try correctWaiting(of: change.entity)
    return change
  }

  private func added(
    _ person: Person, _ relation: Relation, _ standing: MemberStanding,
    to registration: Registration
  ) throws(Refusal) -> Change<Registration> {
    var machine = RegistrationMachine(registration, limits: limits)
    return try machine.addMember(
      Member(person: person.id, relation: relation, standing: standing), at: now)
  }

  /// Refuses somebody with whom the people would not be one household.
  fileprivate func checkHousehold(_ registration: Registration, persons: [Person]) throws {
    let program = try program(registration.program)
    let problems = Household.problems(
      registration, persons: persons, today: program.zone.local(now).date, limits: limits)
    // Of the others' relations the one who is added knows nothing; they are the submission's.
    let added = "members[\(registration.members.count - 1)]."
    let own = problems.compactMap { problem -> Refusal.Violation? in
      if problem.field == "members" { return .init("relationship", problem.problem) }
      guard problem.field.hasPrefix(added) else { return nil }
      return .init(String(problem.field.dropFirst(added.count)), problem.problem)
    }
    guard own.isEmpty else { throw Refusal(.fieldInvalid, violations: own) }
  }

  /// Refuses what is said of a person's parents, spouse and guardian where it cannot be so.
  fileprivate func checkTies(of person: Person, in registration: Registration) throws {
    let stored = try tx.persons(of: registration.id)
    let edited = stored.map { $0.id == person.id ? person : $0 }
    let problems = Household.tieProblems(registration, persons: edited, last: person.id)
    let path = Kinship.path(of: person.id, in: registration).map { "\($0)." } ?? ""
    let own = problems.filter { $0.field.hasPrefix(path) }.map {
      Refusal.Violation("person.\($0.field.dropFirst(path.count))", $0.problem)
    }
    guard own.isEmpty else { throw Refusal(.fieldInvalid, violations: own) }
    // What others say of this one, and could be so before.
    let before = Household.tieProblems(registration, persons: stored)
    if let late = problems.first(where: { !before.contains($0) }) {
      throw Refusal.field("person", "\(late.field): \(late.problem)")
    }
  }

  /// Takes a person who leaves out of what others say of their parents and spouse. A guardian is missed:
  /// somebody has to name another.
  fileprivate mutating func untie(_ person: Person, in registration: Registration) throws {
    for other in try tx.persons(of: registration.id)
    where other.parents.contains(person.id) || other.spouse == person.id {
      var edited = other
      edited.parents.removeAll { $0 == person.id }
      if edited.spouse == person.id { edited.spouse = nil }
      edited.revision.advance(at: now)
      try tx.update(edited, from: other.revision.version)
      try note(.person, edited.id, .updated(edited.revision))
    }
  }

  /// Takes a person out, and what there is about it; each has its own event (INV-9).
  fileprivate mutating func remove(
    _ person: Person, _ candidates: [DuplicateCandidate]
  ) throws {
    for document in try tx.documents(of: person.id) {
      try note(.document, document.id, .removed(document.revision))
    }
    for consent in try tx.consents(of: person.registration) where consent.person == person.id {
      try note(.consent, consent.id, .removed(consent.revision), state: consent.state.rawValue)
    }
    for candidate in candidates {
      try note(
        .duplicateCandidate, candidate.id, .removed(candidate.revision),
        state: candidate.state.rawValue)
    }
    try note(.person, person.id, .removed(person.revision))
    try tx.remove(person.id, from: person.revision.version)
  }

  /// What is known of a person.
  fileprivate func duplicateCandidates(of person: Person) throws -> [DuplicateCandidate] {
    try tx.duplicateCandidates(of: person.registration).filter {
      [$0.first.person, $0.second.person].contains(person.id)
    }
  }

  /// Refuses to take out somebody of whom it is settled that they are registered twice, while the later
  /// registration lives: it can only be withdrawn, and that would be forgotten with the person.
  fileprivate func demandUnconfirmed(_ candidates: [DuplicateCandidate]) throws {
    for candidate in candidates where candidate.state == .confirmed {
      guard try tx.glimpse(of: candidate.second.registration)?.state.isLive != true else {
        throw Refusal(
          .transitionNotAllowed,
          "The person is registered twice: the later registration must be withdrawn first.")
      }
    }
  }

  /// Refuses another person while a live appointment has seats for those there are, and for no more (INV-2).
  fileprivate func demandUnbooked(_ registration: Registration) throws {
    let live = try tx.appointments(
      AppointmentFilter(
        registration: registration.id, states: AppointmentState.allCases.filter(\.isLive)),
      after: nil, limit: 1)
    guard live.items.isEmpty else {
      throw Refusal(
        .transitionNotAllowed,
        "The household has an appointment with no seat for another person: cancel it first.")
    }
  }

  /// Refuses to take out somebody whom an appointment names: it is the household's record.
  fileprivate func demandUnbooked(_ person: Person, of registration: Registration) throws {
    let booked = try tx.appointments(
      AppointmentFilter(registration: registration.id), after: nil, limit: 100
    ).items.contains { $0.attendees.contains { $0.person == person.id } }
    guard !booked else {
      throw Refusal(.transitionNotAllowed, "The person is in an appointment of the household.")
    }
  }
}

extension DeskWork {
  /// The person of that name with its registration, within the caller's reach.
  mutating func person(named text: String) throws -> (Registration, Person) {
    let name = try PersonName(text)
    let registration = try registration(name.registration)
    let person = try found(try reader.person(name.person))
    guard person.registration == registration.id else { throw Refusal.denied(.otherParent) }
    return (registration, person)
  }
}
