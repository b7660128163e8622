public import Domain
public import Storage

/// A registration with its people, the principal first.
public struct StoredHousehold: Sendable {
  /// The case.
  public var registration: Registration
  /// Everyone in it.
  public var persons: [Person]

  /// Stores the registration and everyone in it.
  public func insert(_ transaction: any StoreTransaction) throws {
    try transaction.insert(registration, caseKey: [UInt8](repeating: 1, count: 32))
    for person in persons {
      try transaction.insert(person, key: [UInt8](repeating: 2, count: 32))
    }
  }
}

/// Makes slots, households, appointments and the rest for one ``StoredWorld``, from a seed.
public struct SampleMaker: Sendable {
  /// The world everything belongs to.
  public let world: StoredWorld
  /// Where ids come from.
  public var random: SeededRandom

  /// The same things in the same order for the same seed.
  public init(_ world: StoredWorld, seed: UInt64) {
    self.world = world
    random = SeededRandom(seed: seed)
  }

  /// A slot so many hours after the opening.
  public mutating func slot(seats: Int, hoursAfterOpening hours: Int = 24) -> Slot {
    let start = StoredWorld.opening + .hours(hours)
    return Slot(
      id: SlotID(using: &random), schedule: world.schedule.id, service: world.offer.id,
      start: start, end: start + .hours(1), zone: .guatemala, capacitySeats: seats,
      revision: Revision(createdAt: StoredWorld.opening))
  }

  /// A household of so many people.
  public mutating func household(
    of count: Int, state: RegistrationState = .draft, at now: Instant = StoredWorld.opening
  ) -> StoredHousehold {
    let registration = RegistrationID(using: &random)
    let persons = (0..<count).map { _ in
      let id = PersonID(using: &random)
      return Person(
        id: id, registration: registration, cluster: id, fullName: "Marta Xol",
        nameSystem: .twoSurnames, revision: Revision(createdAt: now))
    }
    return StoredHousehold(
      registration: Registration(
        id: registration, program: world.program.id, window: world.window.id,
        receipt: Receipt(using: &random), principal: persons[0].id,
        members: persons.dropFirst().map {
          Member(person: $0.id, relation: .child, standing: .active)
        }, hostRegion: .guatemala, channel: .office, queueRankTime: now, state: state,
        revision: Revision(createdAt: now)),
      persons: persons)
  }

  /// A hold of a household on a slot; the fence is still to come from the claim.
  public mutating func hold(
    on slot: Slot, for household: StoredHousehold, at now: Instant, until expireTime: Instant
  ) -> Hold {
    Hold(
      id: HoldID(using: &random), slot: slot.id, registration: household.registration.id,
      seats: household.persons.count, expireTime: expireTime, fence: 0, state: .active,
      revision: Revision(createdAt: now))
  }

  /// A household's wish for an interview at one of some offices.
  public mutating func waitlistEntry(
    of household: StoredHousehold, at offices: [OfficeID], rank: Instant = StoredWorld.opening,
    notice: Duration = .zero, state: WaitlistState = .waiting
  ) -> WaitlistEntry {
    WaitlistEntry(
      id: WaitlistEntryID(using: &random), registration: household.registration.id,
      kind: .interview, offices: offices, notice: notice, seats: household.persons.count,
      rankTime: rank, state: state, revision: Revision(createdAt: StoredWorld.opening))
  }

  /// The appointment of a whole household in a slot.
  public mutating func appointment(
    in slot: Slot, for household: StoredHousehold, state: AppointmentState = .confirmed,
    at now: Instant = StoredWorld.opening
  ) -> Appointment {
    Appointment(
      id: AppointmentID(using: &random), slot: slot.id, service: slot.service,
      registration: household.registration.id,
      attendees: household.persons.map { Attendee(person: $0.id, attendance: .expected) },
      seats: household.persons.count, start: slot.start, end: slot.end,
      visitCode: VisitCode(using: &random), state: state, revision: Revision(createdAt: now))
  }

  /// A referral of a whole household to the receiver on the world's n-th pathway.
  public mutating func referral(
    of household: StoredHousehold, onPathway number: Int = 0, state: ReferralState = .draft,
    at now: Instant = StoredWorld.opening
  ) -> Referral {
    Referral(
      id: ReferralID(using: &random), registration: household.registration.id,
      persons: household.persons.map(\.id), pathway: world.pathways[number].id,
      destination: .unitedStates, from: world.referrer.id, to: world.receiver.id,
      purpose: .resettlement, priority: .routine, state: state,
      revision: Revision(createdAt: now))
  }

  /// That two persons may be one.
  public mutating func candidate(
    of first: Person, and second: Person, score: Double = 27.25, state: DuplicateState = .open,
    at now: Instant = StoredWorld.opening
  ) -> DuplicateCandidate {
    DuplicateCandidate(
      id: DuplicateCandidateID(using: &random), program: world.program.id, first: .init(first),
      second: .init(second), score: score, isHolding: score >= MatchingRule.standard.holdBits,
      evidence: [DuplicateEvidence(kind: .name, similarity: 1, weight: score)],
      algorithmVersion: MatchingRule.standard.version, state: state,
      revision: Revision(createdAt: now))
  }

  /// A digest of random bytes.
  public mutating func digest() throws -> Digest {
    let bytes = (0..<4).flatMap { _ in
      let bits = random.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
    return try StoredWorld.require(Digest(bytes))
  }

  /// The event of a version of something.
  ///
  /// - Parameter state: the code of the state that it left it in
  public mutating func event(
    _ aggregate: AggregateKind, uid: String, version: Version = .first, state: Int = 2,
    at now: Instant = StoredWorld.opening
  ) -> StatusEvent {
    StatusEvent(
      id: StatusEventID(using: &random), aggregate: aggregate, uid: uid, version: version,
      type: "Book", stateAfter: state, actorClass: .staff, time: now)
  }

  /// The log's entry of a call.
  public mutating func entry(
    method: String = "safemobility.v1.AppointmentService/BookAppointment",
    at now: Instant = StoredWorld.opening
  ) throws -> AuditEntry {
    AuditEntry(
      log: "gt-pilot-2023", id: AuditEntryID(using: &random), eventTime: now,
      partner: world.referrer.id, role: .caseworker, userPseudonym: try digest(),
      purpose: .processing, casePseudonym: try digest(), method: method, verdict: .allow,
      policyVersion: "2023-06", requestCommitment: try digest(),
      responseCommitment: try digest(), stateAfter: 2, versionAfter: .first)
  }

  /// What a call did, to be remembered.
  public mutating func record(
    requestID: String, at now: Instant = StoredWorld.opening
  ) throws -> IdempotencyRecord {
    IdempotencyRecord(
      partner: world.referrer.id, method: "safemobility.v1.AppointmentService/BookAppointment",
      requestID: requestID, requestDigest: try digest(),
      response: [UInt8](repeating: 3, count: 200), createTime: now,
      expireTime: now + IdempotencyRecord.retention)
  }
}
