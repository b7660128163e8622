import Domain
import Storage

extension MemoryTransaction {
  func registration(_ id: RegistrationID) -> Registration? { state.registrations[id] }

  func glimpse(of id: RegistrationID) -> Registration? { state.registrations[id] }

  func idleRegistration(_ id: RegistrationID) -> Registration? { registration(id) }

  func registration(receipt: Receipt) -> Registration? {
    state.receipts[receipt].flatMap { state.registrations[$0] }
  }

  func registrations(
    _ filter: RegistrationFilter, after key: TimeKey<RegistrationID>?, limit: Int
  ) -> Page<Registration> {
    let found = state.registrations.values.filter { registration in
      (filter.program == nil || filter.program == registration.program)
        && (filter.states.isEmpty || filter.states.contains(registration.state))
        && isOwned(registration.id, by: filter.owner)
        && (filter.includesProtected || !registration.holds.contains(.protection))
    }
    return page(found, after: key, limit: limit) { TimeKey($0.listTime, $0.id) }
  }

  /// Whether a registration is the applicant's; every one for nobody in particular.
  func isOwned(_ registration: RegistrationID, by owner: Actor?) -> Bool {
    guard let owner else { return true }
    return state.registrations[registration]?.owner?.isSamePerson(as: owner) ?? false
  }

  func liveRegistration(of cluster: PersonID, in program: ProgramID) -> Registration? {
    state.places[MemoryState.Place(program: program, cluster: cluster)]
      .flatMap { state.registrations[$0] }
  }

  func caseKey(of registration: RegistrationID) -> [UInt8]? { state.caseKeys[registration] }

  func insert(_ registration: Registration, caseKey: [UInt8]) throws {
    try require(state.programs[registration.program] != nil)
    if let window = registration.window { try require(state.windows[window] != nil) }
    guard self.registration(receipt: registration.receipt) == nil else {
      throw StoreError.conflict(.receipt)
    }
    try add(registration, registration.id, to: \.registrations)
    state.receipts[registration.receipt] = registration.id
    state.caseKeys[registration.id] = caseKey
    try checkMembers(of: registration)
  }

  func update(_ registration: Registration, from version: Version) throws {
    try replace(
      registration, registration.id, in: \.registrations, from: version, \.revision.version)
    try checkMembers(of: registration)
  }

  /// Takes the places of those who count while the registration is live, each once.
  private func checkMembers(of registration: Registration) throws {
    for place in state.placesTaken[registration.id] ?? [] { state.places[place] = nil }
    state.placesTaken[registration.id] = nil
    guard registration.state.isLive else { return }
    let apart = registration.members.filter { $0.standing == .underReview }.map(\.person)
    for id in state.households[registration.id] ?? [] where !apart.contains(id) {
      guard let cluster = state.persons[id]?.cluster else { continue }
      let place = MemoryState.Place(program: registration.program, cluster: cluster)
      guard state.places[place] == nil else { throw StoreError.conflict(.liveMember) }
      state.places[place] = registration.id
      state.placesTaken[registration.id, default: []].insert(place)
    }
  }

  func person(_ id: PersonID) -> Person? { state.persons[id] }
  func persons(of registration: RegistrationID) -> [Person] {
    (state.households[registration] ?? []).sorted().compactMap { state.persons[$0] }
  }
  func personKey(of person: PersonID) -> [UInt8]? { state.personKeys[person] }

  func insert(_ person: Person, key: [UInt8]) throws {
    guard let registration = state.registrations[person.registration] else {
      throw StoreError.conflict(.reference)
    }
    try add(person, person.id, to: \.persons)
    state.personKeys[person.id] = key
    state.households[person.registration, default: []].insert(person.id)
    try checkMembers(of: registration)
  }

  func update(_ person: Person, from version: Version) throws {
    try replace(person, person.id, in: \.persons, from: version, \.revision.version)
    if let registration = state.registrations[person.registration] {
      try checkMembers(of: registration)
    }
  }

  func remove(_ person: PersonID, from version: Version) throws {
    guard let old = state.persons[person] else { throw StoreError.notFound }
    guard old.revision.version == version else { throw StoreError.versionMismatch }
    try require(
      !state.appointments.values.contains { $0.attendees.contains { $0.person == person } }
        && !state.referrals.values.contains { $0.persons.contains(person) })
    state.persons[person] = nil
    state.personKeys[person] = nil
    state.households[old.registration]?.remove(person)
    if let registration = state.registrations[old.registration] {
      try checkMembers(of: registration)
    }
    state.documents = state.documents.filter { $0.value.person != person }
    state.consents = state.consents.filter { $0.value.person != person }
    removeMatches(of: person)
  }

  func document(_ id: DocumentID) -> IdentityDocument? { state.documents[id] }
  func documents(of person: PersonID) -> [IdentityDocument] {
    state.documents.values.filter { $0.person == person }.sorted { $0.id < $1.id }
  }
  func holders(ofNumber index: Digest, in program: ProgramID) -> [Person] {
    let carriers = state.documents.values.filter { $0.numberIndex == index }.map(\.person)
    let holders = Set(carriers).sorted().compactMap { state.persons[$0] }.filter { person in
      guard let registration = state.registrations[person.registration] else { return false }
      return registration.program == program && registration.state.isLive
        && registration.state != .draft
    }
    return Array(holders.prefix(100))
  }
  func insert(_ document: IdentityDocument) throws {
    try require(state.persons[document.person] != nil)
    try add(document, document.id, to: \.documents)
  }
  func update(_ document: IdentityDocument, from version: Version) throws {
    try replace(document, document.id, in: \.documents, from: version, \.revision.version)
  }

  func consent(_ id: ConsentID) -> Consent? { state.consents[id] }
  func consents(of registration: RegistrationID) -> [Consent] {
    state.consents.values.filter { $0.registration == registration }.sorted(by: isOlder)
  }
  func consents(of person: PersonID, recipient: PartnerID, purpose: Purpose) -> [Consent] {
    state.consents.values
      .filter { $0.person == person && $0.recipient == recipient && $0.purpose == purpose }
      .sorted(by: isOlder).reversed()
  }
  func insert(_ consent: Consent) throws {
    try require(state.persons[consent.person] != nil)
    try add(consent, consent.id, to: \.consents)
  }
  func update(_ consent: Consent, from version: Version) throws {
    try replace(consent, consent.id, in: \.consents, from: version, \.revision.version)
  }
  private func isOlder(_ lhs: Consent, _ rhs: Consent) -> Bool {
    Self.precedes(
      TimeKey(lhs.revision.createTime, lhs.id), TimeKey(rhs.revision.createTime, rhs.id))
  }
}
