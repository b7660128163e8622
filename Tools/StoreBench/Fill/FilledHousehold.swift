import Domain
import Storage
import StoreSamples

/// A registration with all that its calls have left in the store, made beforehand.
struct FilledHousehold: Sendable {
  /// What happened to the registration, the last of it as it stands.
  let changes: [Change<Registration>]
  /// The principal first.
  let persons: [Person]
  var documents: [IdentityDocument]
  /// Of the principal, that the programme may work on the case.
  let consent: Consent
  /// What the window has of it.
  private let admission: StatusEvent
  /// By what each person is found, in the order of the persons.
  var matchKeys: [[Digest]] = []
  private var random: PlacedRandom

  /// The household of a number, without what only the store's keys make.
  ///
  /// - Throws: a refusal of the programme's own rules, which would be a mistake here
  init(_ number: Int, of plan: FillPlan, in window: FilledWindow) throws {
    let begin = plan.beginning(of: number)
    let seed = plan.seed &+ UInt64(number)
    var generator = SampleGenerator(seed: seed, now: begin)
    generator.serials = plan.serials(of: number)
    random = PlacedRandom(number: number, of: plan.count, seed: seed)
    let (draft, persons, documents) = Self.placed(generator.household(), &random)
    (self.persons, self.documents) = (persons, documents)
    var registration = draft
    var digits = ReceiptDigits(number: number, of: plan.count)
    registration.receipt = Receipt(using: &digits)
    registration.channel = .contactCentre
    changes = Array(
      try Self.moves(of: registration, in: window.open, at: begin)
        .prefix(plan.stage(of: number).rawValue))
    consent = Self.consent(of: persons[0], at: begin, &random)
    admission = window.admission(of: number, &random)
  }

  /// As it stands.
  var registration: Registration { changes[changes.count - 1].entity }

  /// The same household under ids in the order of their numbers.
  private static func placed(
    _ sample: SampleHousehold, _ random: inout PlacedRandom
  ) -> (Registration, [Person], [IdentityDocument]) {
    var registration = sample.registration
    registration.id = RegistrationID(using: &random)
    let ids = Dictionary(
      uniqueKeysWithValues: sample.persons.map { ($0.id, PersonID(using: &random)) })
    func placed(_ id: PersonID) -> PersonID { ids[id] ?? id }
    registration.principal = placed(registration.principal)
    for index in registration.members.indices {
      registration.members[index].person = placed(registration.members[index].person)
    }
    let persons = sample.persons.map { person in
      var person = person
      person.id = placed(person.id)
      person.cluster = person.id
      person.registration = registration.id
      person.guardian = person.guardian.map(placed)
      return person
    }
    let documents = sample.documents.map { document in
      var document = document
      document.id = DocumentID(using: &random)
      document.person = placed(document.person)
      return document
    }
    return (registration, persons, documents)
  }

  /// A draft that goes as far as an invitation, an hour for each step.
  private static func moves(
    of draft: Registration, in window: IntakeWindow, at begin: Instant
  ) throws -> [Change<Registration>] {
    let created = try RegistrationMachine.create(draft, window: window, at: begin)
    var machine = RegistrationMachine(created.entity)
    let submission = RegistrationMachine.Submission(
      gaps: [], verdict: .init(), ruleVersion: 1, hasProcessingConsent: true, window: window)
    return [
      created, try machine.submit(submission, at: begin + .hours(1)),
      try machine.startScreening(at: begin + .hours(2)),
      try machine.invite(to: .interview, at: begin + .hours(3)),
    ]
  }

  private static func consent(
    of person: Person, at time: Instant, _ random: inout PlacedRandom
  ) -> Consent {
    Consent(
      id: ConsentID(using: &random), registration: person.registration, person: person.id,
      grantor: person.id, recipient: .iom, purpose: .processing,
      dataClasses: DataClassSet(classes: DataClass.allCases), textVersion: "2023.1",
      textLanguage: .fallback, textDigest: random.digest(), method: .signed, grantTime: time,
      state: .active, revision: Revision(createdAt: time))
  }

  /// Everything but the keys by which people are found, in an order in which each row finds those that it refers to.
  func insert(_ tx: any StoreTransaction, hash: MerkleTree.Hash) throws {
    var random = random
    let pseudonym = random.digest()
    try tx.insert(registration, caseKey: random.digest().bytes)
    for person in persons {
      try tx.insert(person, key: random.digest().bytes)
      try tx.append(
        Self.creation(.person, person.id.rawValue, 0, at: person.revision.createTime, &random))
    }
    for document in documents { try tx.insert(document) }
    try tx.insert(consent)
    try tx.append(
      Self.creation(
        .consent, consent.id.rawValue, consent.state.rawValue, at: consent.revision.createTime,
        &random))
    for change in changes {
      try tx.append(change.statusEvent(id: StatusEventID(using: &random), by: .contactCentre))
      let entry = Self.entry(of: change, pseudonym, &random)
      try tx.append(entry, digest: hash(entry.canonicalBytes))
    }
    try tx.append(admission)
  }

  private static func creation(
    _ kind: AggregateKind, _ uid: String, _ state: Int, at time: Instant,
    _ random: inout PlacedRandom
  ) -> StatusEvent {
    StatusEvent(
      id: StatusEventID(using: &random), aggregate: kind, uid: uid, version: .first,
      type: "Create", stateAfter: state, actorClass: .staff, time: time)
  }

  /// The log's entry of the call that made a change, but for pseudonyms and commitments, which are random.
  private static func entry(
    of change: Change<Registration>, _ pseudonym: Digest, _ random: inout PlacedRandom
  ) -> AuditEntry {
    let registration = change.entity
    return AuditEntry(
      log: "safemobility", id: AuditEntryID(using: &random),
      eventTime: registration.revision.updateTime, partner: .iom, role: .contactCentre,
      userPseudonym: random.digest(), purpose: .processing, casePseudonym: pseudonym,
      method: "safemobility.v1.ApplicantService/\(change.event.rawValue)Registration",
      verdict: .allow, policyVersion: ReferenceData.policyVersion,
      requestCommitment: random.digest(), responseCommitment: random.digest(),
      stateBefore: change.stateBefore?.rawValue, versionBefore: change.versionBefore,
      stateAfter: registration.state.rawValue, versionAfter: registration.revision.version,
      subject: AuditSubject(registration: registration.id))
  }
}

extension PlacedRandom {
  /// 32 bytes that look like a digest; not in any order.
  mutating func digest() -> Digest {
    var bytes: [UInt8] = []
    for _ in 0..<4 {
      // Its upper half is in order.
      _ = next()
      let bits = next()
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * shift))) }
    }
    guard let digest = Digest(bytes) else { preconditionFailure("32 bytes") }
    return digest
  }
}
