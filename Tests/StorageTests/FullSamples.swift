import Domain
import Storage
import StoreSamples
import Testing

/// One of each entity with every field set, connected so that all of them can be stored.
struct FullSamples: Sendable {
  var rule: EligibilityRule
  var slot: Slot
  var hold: Hold
  var registration: Registration
  var person: Person
  var document: IdentityDocument
  var consent: Consent
  var appointment: Appointment
  var wish: WaitlistEntry
  var referral: Referral
  var decision: Decision
  var event: StatusEvent
  var entry: AuditEntry
  var record: IdempotencyRecord
  var approval: PendingApproval
  var neighbour: StoredHousehold
  var candidate: DuplicateCandidate
  let digest: Digest
  let world: StoredWorld

  init(_ maker: inout SampleMaker) throws {
    let now = StoredWorld.opening
    let actor = Actor(
      partner: maker.world.referrer.id, agency: "field", role: .screener, user: "s-1")
    let date = try #require(CivilDate(year: 2023, month: 7, day: 1))
    world = maker.world
    digest = try maker.digest()
    slot = maker.slot(seats: 5)
    slot.languages = [.fallback, try #require(LanguageTag(rawValue: "quc"))]
    slot.reservedShares = [
      ReservedShare(kind: .vulnerability, seats: 1),
      ReservedShare(kind: .pathway(maker.world.pathways[0].id), seats: 2),
    ]
    slot.blockedReason = .security
    let household = maker.household(of: 2, at: now)
    registration = household.registration
    try Self.fill(&registration, actor: actor, date: date)
    person = household.persons[0]
    try Self.fill(&person, guardian: household.persons[1].id, digest: digest, date: date)
    hold = maker.hold(on: slot, for: household, at: now, until: now + .minutes(10))
    hold.renewals = 1
    hold.fence = 3
    hold.state = .released
    document = IdentityDocument(
      id: DocumentID(using: &maker.random), person: person.id, kind: .passport,
      issuingRegion: .honduras, number: "X123", numberIndex: digest, issueDate: date,
      expiryDate: date, mrzLines: ["P<HND"], warnings: [.mrzMismatch],
      verification: DocumentVerification(outcome: .genuine, verifier: actor, verifyTime: now),
      imageDigest: digest, revision: Revision(createdAt: now))
    consent = Consent(
      id: ConsentID(using: &maker.random), registration: registration.id, person: person.id,
      grantor: person.id, recipient: world.receiver.id, purpose: .resettlement,
      dataClasses: DataClassSet(classes: [.identity, .protection]), textVersion: "3",
      textLanguage: .fallback, textDigest: digest, method: .recordedVerbal, witness: "w",
      interpreter: "i", grantTime: now, expireTime: now + .days(90),
      withdrawTime: now + .days(3), state: .withdrawn, revision: Revision(createdAt: now))
    appointment = maker.appointment(in: slot, for: household, state: .cancelled)
    appointment.attendees = [Attendee(person: person.id, attendance: .present)]
    appointment.confirmBy = now + .hours(23)
    appointment.cancellation = Cancellation(
      party: .applicant, reason: .cannotAttend, cancelTime: now + .hours(1))
    appointment.successor = AppointmentID(using: &maker.random)
    appointment.excuse = .illness
    appointment.noShowTime = now + .hours(2)
    wish = Self.wish(of: household, offered: appointment.id, &maker)
    referral = maker.referral(of: household, state: .rejected)
    referral.persons = [person.id]
    Self.fill(&referral, consent: consent.id, digest: digest)
    decision = Decision(
      id: DecisionID(using: &maker.random), referral: referral.id, number: 1,
      authority: world.receiver.id, kind: .approved, date: date,
      validFrom: CivilDate(year: 2023, month: 8), validUntil: CivilDate(year: 2024),
      reason: .criteriaMet, supersedes: DecisionID(using: &maker.random), createTime: now)
    event = Self.event(of: appointment, &maker)
    entry = try maker.entry()
    Self.fill(&entry, digest: digest, of: referral)
    record = try maker.record(requestID: "6f0e3a52-7a9e-4d8c-8a53-2c1f0a9b7d11")
    record.registration = household.registration.id
    record.referral = referral.id
    approval = PendingApproval(
      id: PendingApprovalID(using: &maker.random), method: "m/M", resource: "referrals/x",
      etag: referral.etag, requestDigest: digest, actor: actor, actorKind: .usGovernment,
      expireTime: now + .days(3), state: .pending, revision: Revision(createdAt: now))
    (neighbour, candidate) = Self.neighbour(of: person, &maker, reviewer: actor)
    rule = EligibilityRule(
      program: world.program.id, version: 1, effectiveFrom: now,
      effectiveUntil: now + .days(60), nationalities: [.guatemala, .honduras],
      presenceCutoff: date, hostStatuses: [.asylumSeeker], ageMinimumYears: 18)
  }

  /// Each with its name.
  var all: [(String, Any)] {
    [
      ("rule", rule), ("slot", slot), ("hold", hold), ("registration", registration),
      ("person", person), ("document", document), ("consent", consent),
      ("appointment", appointment), ("wish", wish), ("referral", referral), ("decision", decision),
      ("event", event), ("entry", entry), ("record", record), ("approval", approval),
      ("candidate", candidate),
    ]
  }

  func insert(_ transaction: any StoreTransaction) throws {
    try transaction.insert(rule)
    try transaction.insert(slot)
    try transaction.insert(registration, caseKey: [1, 2])
    try transaction.insert(person, key: [3, 4])
    try transaction.insert(hold)
    try transaction.insert(document)
    try transaction.insert(consent)
    try transaction.insert(appointment)
    try transaction.insert(wish)
    try transaction.insert(referral)
    try transaction.insert(decision)
    try transaction.append(event)
    try transaction.append(entry, digest: digest)
    try transaction.record(record)
    try transaction.insert(approval)
    try neighbour.insert(transaction)
    try transaction.insert(candidate)
    try transaction.setMatchKeys([digest], of: neighbour.persons[0].id)
  }

  func expectStored(_ reader: any StoreReader) throws {
    #expect(try reader.eligibilityRules(of: rule.program) == [rule])
    #expect(try reader.slot(slot.id) == slot)
    #expect(try reader.hold(hold.id) == hold)
    #expect(try reader.registration(registration.id) == registration)
    #expect(try reader.registration(receipt: registration.receipt) == registration)
    #expect(try reader.caseKey(of: registration.id) == [1, 2])
    #expect(try reader.person(person.id) == person)
    #expect(try reader.personKey(of: person.id) == [3, 4])
    #expect(try reader.persons(of: registration.id) == [person])
    #expect(try reader.document(document.id) == document)
    #expect(try reader.documents(of: person.id) == [document])
    let counts = registration.state.isLive && registration.state != .draft
    #expect(
      try reader.holders(ofNumber: digest, in: registration.program) == (counts ? [person] : []))
    #expect(try reader.consent(consent.id) == consent)
    #expect(try reader.consents(of: registration.id) == [consent])
    #expect(
      try reader.consents(of: person.id, recipient: world.receiver.id, purpose: .resettlement)
        == [consent])
    #expect(try reader.appointment(appointment.id) == appointment)
    #expect(try reader.waitlistEntry(wish.id) == wish)
    #expect(try reader.referral(referral.id) == referral)
    #expect(try reader.decisions(of: referral.id) == [decision])
    #expect(
      try reader.statusEvents(of: .appointment, uid: appointment.id.rawValue) == [event])
    #expect(try reader.auditEntry(entry.id)?.entry == entry)
    #expect(try reader.auditEntry(entry.id)?.leaf.entryDigest == digest)
    #expect(
      try reader.idempotencyRecord(
        partner: record.partner, method: record.method, requestID: record.requestID) == record)
    #expect(try reader.duplicateCandidate(candidate.id) == candidate)
    #expect(try reader.duplicateCandidate(of: candidate.pair) == candidate)
    #expect(try reader.duplicateCandidates(of: registration.id) == [candidate])
    #expect(try reader.duplicateCandidates(of: neighbour.registration.id) == [candidate])
    #expect(
      try reader.matchHits([digest], in: world.program.id, limit: 9)
        == [MatchHit(key: digest, person: neighbour.persons[0].id)])
    #expect(try reader.pendingApproval(approval.id) == approval)
    #expect(try reader.pendingApproval(method: "m/M", resource: "referrals/x") == approval)
  }
}
