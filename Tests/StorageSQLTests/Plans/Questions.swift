import Domain
import Storage
import StoreSamples

/// Every question that a store answers.
struct Questions: Sendable {
  let world: StoredWorld
  let places: Places
  let papers: Papers
  let digest: Digest
  let entry: AuditEntryID
  let requestID: String

  private static let pageSize = 50
  private var registration: RegistrationID { places.household.registration.id }
  private var person: PersonID { places.household.persons[0].id }
  private var day: Range<Instant> { StoredWorld.opening..<(StoredWorld.opening + .days(1)) }

  func ask(_ reader: any StoreReader) throws {
    try foresee(reader)
    try askReferenceData(reader)
    try askPeople(reader)
    try askBookings(reader)
    try askLog(reader)
    try askDue(reader)
    try askReports(reader)
    try askRegistrations(reader)
    try askAppointments(reader)
    try askWaitlist(reader)
    try askLastPlace(reader)
    try askReferrals(reader)
    try askSlots(reader)
    try askDuplicates(reader)
  }

  private func foresee(_ reader: any StoreReader) throws {
    try reader.foresee([
      .caller(identity: world.referrer.identities[0]),
      .repetition(
        world.referrer.id, method: "safemobility.v1.AppointmentService/BookAppointment",
        requestID: requestID),
      .program(world.program.id), .office(world.office.id), .registration(registration),
      .people(registration), .documents(person),
      .hold(places.hold.id), .booking(places.hold.id),
      .claim(places.slot.id, registration), .appointment(places.appointment.id),
      .referral(papers.referral.id),
    ])
  }

  private func askReferenceData(_ reader: any StoreReader) throws {
    _ = try reader.program(world.program.id)
    _ = try reader.programs()
    _ = try reader.eligibilityRules(of: world.program.id)
    _ = try reader.eligibilityRule(of: world.program.id, at: reader.now)
    _ = try reader.intakeWindow(world.window.id)
    for key in [nil, TimeKey(reader.now, world.window.id)] {
      _ = try reader.intakeWindows(of: world.program.id, after: key, limit: Self.pageSize)
    }
    _ = try reader.office(world.office.id)
    _ = try reader.offices(after: nil, limit: Self.pageSize)
    _ = try reader.serviceOffer(world.offer.id)
    _ = try reader.serviceOffers(of: world.office.id)
    _ = try reader.schedule(world.schedule.id)
    _ = try reader.schedules(of: world.office.id, after: nil, limit: Self.pageSize)
    _ = try reader.partner(world.referrer.id)
    _ = try reader.partner(identity: world.referrer.identities[0])
    _ = try reader.partners()
    _ = try reader.pathway(world.pathways[0].id)
    _ = try reader.pathways()
  }

  private func askPeople(_ reader: any StoreReader) throws {
    _ = try reader.registration(registration)
    _ = try reader.registration(receipt: places.household.registration.receipt)
    _ = try reader.liveRegistration(of: person, in: world.program.id)
    _ = try reader.caseKey(of: registration)
    _ = try reader.person(person)
    _ = try reader.persons(of: registration)
    _ = try reader.personKey(of: person)
    _ = try reader.document(papers.document.id)
    _ = try reader.documents(of: person)
    _ = try reader.holders(ofNumber: digest, in: world.program.id)
    _ = try reader.consent(papers.consent.id)
    _ = try reader.consents(of: registration)
    _ = try reader.consents(of: person, recipient: world.receiver.id, purpose: .resettlement)
  }

  private func askBookings(_ reader: any StoreReader) throws {
    _ = try reader.slot(places.slot.id)
    _ = try reader.slotAvailability(places.slot.id)
    _ = try reader.hold(places.hold.id)
    _ = try reader.activeHolds(in: places.slot.id)
    _ = try reader.openHold(of: registration)
    _ = try reader.appointment(places.appointment.id)
    _ = try reader.liveAppointments(in: places.slot.id)
    _ = try reader.noShows(in: places.slot.id)
    _ = try reader.liveAppointment(of: registration, for: places.slot.service)
    _ = try reader.liveAppointments(of: [person], overlapping: day)
    _ = try reader.waitlistEntry(places.wish.id)
    _ = try reader.openWaitlistEntry(of: registration, for: .interview)
    let freed = FreedSeats(
      office: world.office.id, kind: .interview, count: 4, notice: .days(1))
    for key in [nil, TimeKey(reader.now, places.wish.id)] {
      _ = try reader.waiting(for: freed, after: key, limit: 1)
    }
    _ = try reader.referral(papers.referral.id)
    _ = try reader.liveReferralCount(to: world.receiver.id, on: papers.referral.pathway)
    _ = try reader.decisions(of: papers.referral.id)
  }

  private func askLog(_ reader: any StoreReader) throws {
    _ = (try reader.auditLogSize(), try reader.statusEventEnd())
    // As those ask who follow the log and the feed: near the end.
    let near = LargeTables.lastPlace - 40
    _ = try reader.auditEntries(from: near, limit: Self.pageSize)
    _ = try reader.auditEntry(entry)
    for level in 0...1 { _ = try reader.auditHashes(level, near..<LargeTables.lastPlace) }
    for size in [nil, near] { _ = try reader.checkpoint(ofSize: size) }
    for position in [nil, near] {
      _ = try reader.auditEntries(ofCase: digest, before: position, limit: Self.pageSize)
    }
    _ = try reader.statusEvents(of: .hold, uid: places.hold.id.rawValue)
    _ = try reader.statusEvents(after: near, limit: Self.pageSize)
    _ = try reader.statusEvents(of: [.referral], after: near, limit: Self.pageSize)
    _ = try reader.idempotencyRecord(
      partner: world.referrer.id,
      method: "safemobility.v1.AppointmentService/BookAppointment", requestID: requestID)
    _ = try reader.pendingApproval(papers.approval.id)
    _ = try reader.pendingApproval(
      method: papers.approval.method, resource: papers.approval.resource)
  }

  private func askReports(_ reader: any StoreReader) throws {
    let (program, start) = (world.program.id, world.program.pilotStart)
    _ = try reader.factGroups(
      of: program, from: start, before: start.adding(days: 30) ?? start)
    _ = try reader.reportRelease(of: program, number: 1)
    for number in [nil, 7] {
      _ = try reader.reportReleases(of: program, before: number, limit: Self.pageSize)
    }
  }

  private func askDue(_ reader: any StoreReader) throws {
    let now = reader.now
    _ = try reader.windowsToClose(after: nil, limit: Self.pageSize)
    _ = try reader.windowsToOpen(after: nil, limit: Self.pageSize)
    _ = try reader.holdsToExpire(after: nil, limit: Self.pageSize)
    _ = try reader.offersToLapse(after: nil, limit: Self.pageSize)
    _ = try reader.appointmentsMissed(after: nil, limit: Self.pageSize)
    _ = try reader.referralsUnanswered(after: nil, limit: Self.pageSize)
    _ = try reader.referralsOverdue(since: now, after: nil, limit: Self.pageSize)
    _ = try reader.consentsToExpire(after: nil, limit: Self.pageSize)
    _ = try reader.draftsIdle(since: now, after: nil, limit: Self.pageSize)
  }
}
