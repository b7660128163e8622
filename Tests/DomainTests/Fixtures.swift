import Domain

/// Values every test starts from: one household of three, one office, one slot, at a fixed time.
enum Fixture {
  /// 2023-07-03T15:00:00Z, nine in the morning in Guatemala, inside the pilot.
  static let now = Instant(microseconds: 1_688_396_400_000_000)

  static let first: PersonID = id(101)
  static let second: PersonID = id(102)
  static let third: PersonID = id(103)
  static let household: RegistrationID = id(104)
  static let interview = ServiceOfferID(checked: "gt-xel-01/interview")
  static let pathway = PathwayID.usrap

  static let digest = bytes(7)
  static let otherDigest = bytes(8)

  static func date(_ text: String) -> CivilDate {
    CivilDate(text) ?? CivilDate(dayNumber: 0)
  }

  static func id<ID: RandomIdentifier>(_ seed: UInt64) -> ID {
    var random = SplitMix64(seed: seed)
    return ID(using: &random)
  }

  static var visitCode: VisitCode {
    var random = SplitMix64(seed: 5)
    return VisitCode(using: &random)
  }

  static var receipt: Receipt {
    var random = SplitMix64(seed: 6)
    return Receipt(using: &random)
  }

  static func bytes(_ byte: UInt8) -> Digest {
    guard let digest = Digest(Array(repeating: byte, count: 32)) else {
      preconditionFailure("32 bytes are a digest")
    }
    return digest
  }

  static func actor(
    _ user: String, _ partner: PartnerID = .iom, _ role: Role = .screener
  ) -> Actor {
    Actor(partner: partner, role: role, user: user)
  }

  static func registration(_ state: RegistrationState) -> Registration {
    Registration(
      id: household, program: ReferenceData.pilotID, receipt: receipt, principal: first,
      members: [
        Member(person: second, relation: .spouse, standing: .active),
        Member(person: third, relation: .child, standing: .active),
      ],
      hostRegion: .guatemala, homeRegion: .guatemala, channel: .office,
      state: state, screenedOutBy: state == .screenedOut ? actor("ana") : nil,
      findings: [.eligible, .referred].contains(state)
        ? [EligibilityFinding(pathway: pathway, finding: .eligible)] : [],
      revision: Revision(createdAt: now))
  }

  static func window(
    _ state: IntakeWindowState = .open, quota: Int = 10, admitted: Int = 0
  ) -> IntakeWindow {
    IntakeWindow(
      id: IntakeWindowID(checked: "gt-pilot-2023/july"), uid: id(1), openTime: now - .hours(1),
      closeTime: now + .hours(1), quota: quota, admitted: admitted, state: state,
      revision: Revision(createdAt: now))
  }

  static func service(partyCountMax: Int = 8) -> ServiceOffer {
    ServiceOffer(
      id: interview, uid: id(2), kind: .interview, mode: .inPerson, durationMinutes: 60,
      partyCountMax: partyCountMax, leadTimeMinutes: 60, bookableStates: [.invited],
      revision: Revision(createdAt: now))
  }

  /// A slot that starts so long after ``now``.
  static func slot(in span: Duration = .hours(24), seed: UInt64 = 3) -> Slot {
    Slot(
      id: id(seed), service: interview, start: now + span, end: now + span + .minutes(60),
      zone: .guatemala, capacitySeats: 5, revision: Revision(createdAt: now))
  }

  static func request(
    _ slot: Slot = slot(), registration: RegistrationState = .invited, now: Instant = now
  ) -> BookingRule.Request {
    BookingRule.Request(
      slot: slot, service: service(), registration: Self.registration(registration), now: now)
  }

  static func booking(_ request: BookingRule.Request = request()) -> AppointmentMachine.Booking {
    AppointmentMachine.Booking(
      id: id(4), visitCode: visitCode, request: request, hasLiveAppointment: false,
      hasOverlap: false)
  }

  static func appointment(_ state: AppointmentState) -> Appointment {
    let slot = slot()
    return Appointment(
      id: id(9), slot: slot.id, service: interview, registration: household,
      attendees: [first, second, third].map { Attendee(person: $0, attendance: .expected) },
      seats: 3, start: slot.start, end: slot.end,
      confirmBy: state == .offered ? now + .hours(23) : nil, visitCode: visitCode,
      noShowTime: state == .noShow ? slot.end + .hours(1) : nil, state: state,
      revision: Revision(createdAt: now))
  }

  static func hold(_ state: HoldState) -> Hold {
    Hold(
      id: id(10), slot: slot().id, registration: household, seats: 3,
      expireTime: now + .minutes(10), fence: 4, state: state, revision: Revision(createdAt: now))
  }

  static func consent(
    _ person: PersonID, _ state: ConsentState = .active, to recipient: PartnerID = .usRsc,
    for purpose: Purpose = .resettlement,
    classes: DataClassSet = DataClassSet(classes: [.identity, .document, .family, .protection])
  ) -> Consent {
    Consent(
      id: ConsentID(checked: person.rawValue), registration: household, person: person,
      grantor: person, recipient: recipient, purpose: purpose, dataClasses: classes,
      textVersion: "1", textLanguage: .fallback, textDigest: digest, method: .signed,
      witness: state == .proposed ? nil : "witness",
      grantTime: state == .proposed ? nil : now - .hours(1), state: state,
      revision: Revision(createdAt: now))
  }

  static func referral(_ state: ReferralState) -> Referral {
    Referral(
      id: id(11), registration: household, persons: [first, second, third], pathway: pathway,
      destination: .unitedStates, from: .unhcr, to: .usRsc, purpose: .resettlement,
      release: state == .draft ? nil : release(), priority: .routine,
      dueTime: state == .draft ? nil : now + .days(14), state: state,
      revision: Revision(createdAt: now))
  }

  static func release(
    _ classes: DataClassSet = DataClassSet(classes: [.identity, .document])
  ) -> Release {
    Release(
      profile: "us-rsc/USRAP", version: 1, classes: classes, fields: [], digest: digest,
      releaseTime: now)
  }

  static func program(_ state: ProgramState) -> Program {
    var random = SplitMix64(seed: 12)
    var program = ReferenceData.pilot(at: now, using: &random)
    program.state = state
    return program
  }

  static func person(_ id: PersonID, born: String?, guardian: PersonID? = nil) -> Person {
    Person(
      id: id, registration: household, cluster: id, fullName: "María Caal",
      nameSystem: .twoSurnames, birthDate: born.flatMap { CivilDate($0) },
      nationalities: [.guatemala], phone: PhoneNumber(rawValue: "+50205551234"),
      guardian: guardian, revision: Revision(createdAt: now))
  }
}

/// What a refused call refused with; `nil` when it was not refused.
func refusal(_ body: () throws(Refusal) -> Void) -> Refusal.Reason? {
  do throws(Refusal) {
    try body()
    return nil
  } catch {
    return error.reason
  }
}
