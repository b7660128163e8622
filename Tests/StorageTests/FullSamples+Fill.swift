import Domain
import Storage
import StoreSamples
import Testing

extension FullSamples {
  static func wish(
    of household: StoredHousehold, offered: AppointmentID, _ maker: inout SampleMaker
  ) -> WaitlistEntry {
    var wish = maker.waitlistEntry(
      of: household, at: [maker.world.office.id, OfficeID(checked: "gt-gua-01")],
      rank: StoredWorld.opening - .days(3), notice: .minutes(90), state: .lapsed)
    wish.offersMade = 2
    wish.appointment = offered
    return wish
  }

  static func fill(_ registration: inout Registration, actor: Actor, date: CivilDate) throws {
    let now = StoredWorld.opening
    registration.owner = actor
    registration.homeRegion = .honduras
    registration.subdivision = "GT-09"
    registration.municipality = "Salcajá"
    registration.needsInterpreter = true
    registration.answers = Answers(
      hostStatus: .refugee, presentSince: date, workYears: 2,
      petitioners: [
        Petitioner(
          fullName: "Luz Xol", relation: .sibling, standing: .citizen,
          beneficiaries: [registration.principal], stage: .approved,
          priorityDate: CivilDate(year: 2015), approvalDate: date, region: .unitedStates)
      ], leavingReasons: [.debt, .noWork])
    registration.ruleVersion = 1
    registration.submitTime = now
    registration.holds = [.duplicate, .protection]
    registration.state = .withdrawn
    registration.requestedItems = [try #require(InfoItem.allCases.first)]
    registration.invitedServiceKind = .interview
    registration.invitedPathways = [try #require(PathwayID(rawValue: "USRAP"))]
    registration.screenedOutBy = actor
    registration.screening = ScreeningResult(
      reason: try #require(ScreenOutReason.allCases.first), advice: [], recordTime: now)
    registration.appealUsed = true
    registration.findings = [
      EligibilityFinding(
        pathway: try #require(PathwayID(rawValue: "USRAP")),
        finding: try #require(Finding.allCases.first))
    ]
    registration.resolution = Resolution(
      outcome: try #require(Outcome.allCases.first), recordTime: now)
    registration.withdrawalReason = WithdrawalReason.allCases.first
  }

  static func fill(
    _ person: inout Person, guardian: PersonID, digest: Digest, date: CivilDate
  ) throws {
    person.fullName = "María \"Ixchel\" Quej O'Xol"
    person.nameParts = [NamePart(text: "María", kind: .given)]
    person.birthDate = CivilDate(year: 1990, month: 0, day: 0)
    person.isBirthDateEstimated = true
    person.sex = Sex.allCases.first
    person.genderText = "muxe"
    person.nationalities = [.honduras, .guatemala]
    person.icaoStatus = .stateless
    person.phone = PhoneNumber(rawValue: "+50200000000")
    person.email = EmailAddress(rawValue: "m@example.org")
    person.guardian = guardian
    person.parents = [guardian]
    person.spouse = guardian
    person.work = WorkFacts(
      occupationCodes: ["9211"], skills: [.fruit], drivingLicences: [.e],
      spokenLanguages: [.fallback], availableFrom: CivilDate(year: 2023, month: 9),
      availableUntil: date, seasons: [WorkSeason(region: .canada, year: 2019)])
    person.photoDigest = digest
  }

  static func fill(_ referral: inout Referral, consent: ConsentID, digest: Digest) {
    let now = StoredWorld.opening
    referral.consents = [consent]
    referral.release = Release(
      profile: "us-rsc/USRAP", version: 2, classes: DataClassSet(classes: [.identity]),
      fields: [ReleasedField(path: "full_name", digest: digest)], digest: digest,
      releaseTime: now,
      receipt: ReleaseReceipt(
        key: PartnerKey(
          id: "receipts", algorithm: .ed25519, publicKey: [1], startTime: now, endTime: now),
        signature: [2], receiveTime: now))
    var earlier = referral.release
    earlier?.version = 1
    referral.earlierReleases = earlier.map { [$0] }
    referral.dueTime = now + .days(14)
    referral.isOverdue = true
    referral.partnerCaseReference = "RSC-77"
    referral.reason = .incomplete
    referral.informTime = now
  }

  static func event(
    of appointment: Appointment, _ maker: inout SampleMaker
  ) -> StatusEvent {
    var event = maker.event(.appointment, uid: appointment.id.rawValue)
    event.stateBefore = 1
    return event
  }

  static func fill(_ entry: inout AuditEntry, digest: Digest, of referral: Referral) {
    entry.subject = AuditSubject(registration: referral.registration, referral: referral.id)
    entry.agency = "field"
    entry.profile = "us-rsc/USRAP"
    entry.releasedFields = [0xA0, 1]
    entry.releaseCommitment = digest
    entry.stateBefore = 1
    entry.versionBefore = Version(rawValue: 4)
    entry.internalReason = "none"
  }

  /// Somebody of another registration, who may be the same.
  static func neighbour(
    of person: Person, _ maker: inout SampleMaker, reviewer: Actor
  ) -> (StoredHousehold, DuplicateCandidate) {
    let household = maker.household(of: 1, state: .submitted)
    var candidate = maker.candidate(of: household.persons[0], and: person)
    candidate.reviewer = reviewer
    return (household, candidate)
  }

  /// An update of each that carries a version, given the version to expect.
  func updates(
    at later: Instant
  ) -> [@Sendable (any StoreTransaction, Version) throws -> Void] {
    let next = advanced(at: later)
    return [
      { try $0.update(next.slot, from: $1) }, { try $0.update(next.hold, from: $1) },
      { try $0.update(next.registration, from: $1) }, { try $0.update(next.person, from: $1) },
      { try $0.update(next.document, from: $1) }, { try $0.update(next.consent, from: $1) },
      { try $0.update(next.appointment, from: $1) }, { try $0.update(next.referral, from: $1) },
      { try $0.update(next.approval, from: $1) }, { try $0.update(next.candidate, from: $1) },
    ]
  }

  /// The same, each changed in one place and one version on.
  func advanced(at later: Instant) -> FullSamples {
    var next = self
    next.slot.blockedReason = .officeClosed
    next.slot.revision.advance(at: later)
    next.hold.renewals = 0
    next.hold.revision.advance(at: later)
    next.registration.municipality = "Zunil"
    next.registration.revision.advance(at: later)
    next.person.genderText = nil
    next.person.revision.advance(at: later)
    next.document.number = "Y9"
    next.document.revision.advance(at: later)
    next.consent.witness = nil
    next.consent.revision.advance(at: later)
    next.appointment.attendees[0].attendance = .absent
    next.appointment.cancellation = nil
    next.appointment.revision.advance(at: later)
    next.referral.partnerCaseReference = nil
    next.referral.revision.advance(at: later)
    next.candidate.state = .undecided
    next.candidate.score = 12.5
    next.candidate.isHolding = false
    next.candidate.revision.advance(at: later)
    next.approval.expireTime = later + .days(1)
    next.approval.revision.advance(at: later)
    return next
  }
}
