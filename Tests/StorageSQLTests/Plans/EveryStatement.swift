import Domain
import Storage
import StoreSamples
import Testing

/// Asks everything of a store that its contract has: each method, and each shape of each list's filter.
struct EveryStatement {
  let world: StoredWorld
  private var maker: SampleMaker
  private let now = StoredWorld.opening

  init() throws {
    world = try StoredWorld()
    maker = SampleMaker(world, seed: 1)
  }

  mutating func run(on store: any Store) async throws {
    let places = Places(&maker)
    let household = places.household
    let person = household.persons[0]
    let digest = try maker.digest()
    let papers = try Papers(&maker, of: person, digest: digest)
    try await changeReferenceData(in: store)
    try await book(places, in: store)
    let (world, now) = (world, now)
    let entry = try maker.entry()
    let event = maker.event(.hold, uid: places.hold.id.rawValue)
    var old = try maker.record(requestID: "old", at: now - .days(90))
    old.expireTime = now - .days(1)
    let record = (old: old, new: try maker.record(requestID: "new"))
    let leaving = maker.household(of: 1)
    try await store.write { tx in
      try tx.insert(papers.document)
      try tx.update(next(papers.document, \.revision), from: .first)
      try papers.neighbour.insert(tx)
      try tx.insert(papers.candidate)
      try tx.update(next(papers.candidate, \.revision), from: .first)
      try tx.setMatchKeys([digest], of: person.id)
      try tx.insert(papers.consent)
      try tx.update(next(papers.consent, \.revision), from: .first)
      try tx.insert(papers.referral)
      try tx.update(next(papers.referral, \.revision), from: .first)
      try tx.insert(papers.decision)
      try tx.insert(papers.approval)
      try tx.update(next(papers.approval, \.revision), from: .first)
      try tx.record(record.old)
      #expect(try tx.forgetIdempotencyRecords(limit: 10) > 0)
      try tx.record(record.new)
      try tx.append(event)
      try tx.append(entry, digest: digest)
      try tx.append(tiles: [digest], of: 1, from: 0)
      try tx.append(Checkpoint(size: 1, root: digest, time: tx.now, note: ""))
      try tx.update(next(person, \.revision), from: .first)
      var registration = next(household.registration, \.revision)
      registration.state = .withdrawn
      try tx.update(registration, from: .first)
      try leaving.insert(tx)
      #expect(try tx.idleRegistration(leaving.registration.id) != nil)
      try tx.append(papers.fact)
      try tx.insert(papers.release)
      try tx.remove(leaving.persons[0].id, from: .first)
    }
    // A unit that writes locks what it reads; one that reads does not.
    let questions = Questions(
      world: world, places: places, papers: papers, digest: digest, entry: entry.id,
      requestID: record.new.requestID)
    try await store.write { try questions.ask($0) }
    try await store.read { try questions.ask($0) }
  }

  private mutating func changeReferenceData(in store: any Store) async throws {
    let (world, now) = (world, now)
    let rule = EligibilityRule(
      program: world.program.id, version: 1, effectiveFrom: now, effectiveUntil: nil,
      nationalities: [.guatemala], presenceCutoff: nil, hostStatuses: [], ageMinimumYears: 18)
    try await store.write { tx in
      try tx.insert(rule)
      try tx.update(next(world.program, \.revision), from: .first)
      try tx.update(next(world.window, \.revision), from: .first)
      try tx.update(next(world.office, \.revision), from: .first)
      try tx.update(next(world.offer, \.revision), from: .first)
      try tx.update(next(world.schedule, \.revision), from: .first)
      try tx.update(next(world.referrer, \.revision), from: .first)
      try tx.put(world.pathways[0])
    }
  }

  private func book(_ places: Places, in store: any Store) async throws {
    let (slot, household, hold) = (places.slot, places.household, places.hold)
    let (appointment, walkIn) = (places.appointment, AppointmentID(checked: "walk-in"))
    try await store.write { tx in
      try tx.insert(slot)
      try tx.update(next(slot, \.revision), from: .first)
      try household.insert(tx)
      _ = try tx.claimSeats(
        hold.seats, of: slot.id, among: .anybody, for: .hold(hold.id, until: hold.expireTime))
      try tx.insert(hold)
      try tx.keepStill(hold.slot)
      _ = try tx.renewSeats(of: hold, until: hold.expireTime)
      try tx.update(next(hold, \.revision), from: .first)
      try tx.takeSeats(of: hold, for: appointment.id)
      try tx.freeSeats(of: hold.id, in: slot.id)
      try tx.insert(appointment)
      try tx.update(next(appointment, \.revision), from: .first)
      try tx.insert(places.wish)
      try tx.update(next(places.wish, \.revision), from: .first)
      _ = try tx.claimSeats(1, of: slot.id, among: .anybody, for: .appointment(walkIn))
      try tx.freeSeats(of: walkIn, in: slot.id)
    }
  }
}

/// A slot, and who holds and books it.
struct Places: Sendable {
  let slot: Slot
  let household: StoredHousehold
  let hold: Hold
  let appointment: Appointment
  let wish: WaitlistEntry

  init(_ maker: inout SampleMaker) {
    let now = StoredWorld.opening
    slot = maker.slot(seats: 5)
    household = maker.household(of: 2)
    hold = maker.hold(on: slot, for: household, at: now, until: now + .minutes(10))
    appointment = maker.appointment(in: slot, for: household)
    wish = maker.waitlistEntry(of: household, at: [maker.world.office.id])
  }
}

/// What is kept about a person.
struct Papers: Sendable {
  let document: IdentityDocument
  let consent: Consent
  let referral: Referral
  let decision: Decision
  let approval: PendingApproval
  let fact: Fact
  let release: ReportRelease
  let neighbour: StoredHousehold
  let candidate: DuplicateCandidate

  init(_ maker: inout SampleMaker, of person: Person, digest: Digest) throws {
    let now = StoredWorld.opening
    let world = maker.world
    let revision = Revision(createdAt: now)
    let actor = Actor(partner: world.referrer.id, agency: "field", role: .screener, user: "s-1")
    document = IdentityDocument(
      id: DocumentID(using: &maker.random), person: person.id, kind: .passport,
      issuingRegion: .honduras, number: "X123", numberIndex: digest, revision: revision)
    consent = Consent(
      id: ConsentID(using: &maker.random), registration: person.registration, person: person.id,
      grantor: person.id, recipient: world.receiver.id, purpose: .resettlement,
      dataClasses: DataClassSet(classes: [.identity]), textVersion: "3", textLanguage: .fallback,
      textDigest: digest, method: .signed, grantTime: now, expireTime: now + .days(90),
      state: .active, revision: revision)
    var referral = maker.referral(of: maker.household(of: 1), state: .sent)
    referral.registration = person.registration
    referral.persons = [person.id]
    self.referral = referral
    decision = Decision(
      id: DecisionID(using: &maker.random), referral: referral.id, number: 1,
      authority: world.receiver.id, kind: .approved,
      date: try #require(CivilDate(year: 2023, month: 7, day: 1)), createTime: now)
    approval = PendingApproval(
      id: PendingApprovalID(using: &maker.random), method: "m/M", resource: "referrals/x",
      etag: referral.etag, requestDigest: digest, actor: actor, actorKind: .usGovernment,
      expireTime: now + .days(3), state: .pending, revision: revision)
    let start = world.program.pilotStart
    fact = Fact(
      day: start, program: world.program.id, measure: .offered,
      values: [.office: world.office.id.rawValue])
    release = ReportRelease(
      number: 1, releaseTime: now,
      report: PilotReport(
        program: world.program.id,
        period: ReportPeriod(start: start, end: world.program.pilotEnd, isWhole: true), pilotDay: 1,
        grids: []), digest: digest)
    neighbour = maker.household(of: 1, state: .submitted)
    candidate = maker.candidate(of: person, and: neighbour.persons[0])
  }
}

/// The same, one version on.
private func next<Value>(_ value: Value, _ revision: WritableKeyPath<Value, Revision>) -> Value {
  var value = value
  value[keyPath: revision].advance(at: StoredWorld.opening)
  return value
}
