public import Domain
import Storage

// Records put into the store directly, for tests of what comes after them.
extension World {
  /// A window that takes registrations from an hour ago on, for thirty days.
  public func openWindow(quota: Int = 1_000, channel: Channel? = nil) async throws -> IntakeWindow {
    var random = SystemRandomNumberGenerator()
    let window = IntakeWindow(
      id: IntakeWindowID(checked: "\(ReferenceData.pilotID)/\(ResourceUID(using: &random))"),
      uid: ResourceUID(using: &random), openTime: clock.now - .hours(1),
      closeTime: clock.now + .days(30), quota: quota, admitted: 0, channel: channel, state: .open,
      revision: Revision(createdAt: clock.now))
    try await store.write { try $0.insert(window) }
    return window
  }

  /// A slot of a sample service, by default an interview in Quetzaltenango tomorrow at this time.
  public func slot(
    _ service: String = "gt-xel-01/interview", in span: Duration = .days(1), seats: Int = 10,
    kept shares: [ReservedShare] = [], minutes: Int = 60
  ) async throws -> Slot {
    var random = SystemRandomNumberGenerator()
    let slot = Slot(
      id: SlotID(using: &random), service: ServiceOfferID(checked: service),
      start: clock.now + span, end: clock.now + span + .minutes(minutes), zone: .guatemala,
      capacitySeats: seats, reservedShares: shares, revision: Revision(createdAt: clock.now))
    try await store.write { try $0.insert(slot) }
    return slot
  }

  /// From which a case goes on only while every adult agrees that the programme works on it.
  private static let statesAskingForConsent: Set<RegistrationState> = [
    .submitted, .screening, .infoRequested, .screenedOut, .invited, .interviewed,
  ]

  /// A synthetic household, registered and in a state, with its persons and documents, and agreed to where the next
  /// step asks for that.
  ///
  /// - Parameter owner: the applicant who may see and change it
  public func household(
    _ kind: SampleHousehold.Kind = .couple, in state: RegistrationState = .draft,
    seed: UInt64 = 1, owner: Actor? = nil
  ) async throws -> SampleHousehold {
    // Its history is past when the test begins, so that nothing is newer than the clock.
    var generator = SampleGenerator(seed: seed, now: clock.now - .days(2))
    var household = generator.household(kind)
    guard var registration = try generator.registration(of: household, in: state) else {
      throw NoSuchState(state: state)
    }
    registration.owner = owner
    registration.window = nil
    household.registration = registration
    let complete = household
    let today = clock.now.utcDate.date
    let adults = [registration.principal] + Household.adults(complete.persons, today: today)
    let agreeing = complete.persons.map(\.id)
      .filter { Self.statesAskingForConsent.contains(state) && adults.contains($0) }
    // Not at the same instant, so that lists have one order.
    let consents = try agreeing.enumerated().map { index, person in
      var consent = try activeConsent(
        of: person, in: complete.registration.id, to: .iom, for: .processing)
      consent.revision = Revision(createdAt: consent.revision.createTime + .seconds(index))
      consent.expireTime = nil
      return consent
    }
    try await store.write { tx in
      try tx.insert(complete.registration, caseKey: Self.key)
      for person in complete.persons { try tx.insert(person, key: Self.key) }
      for document in complete.documents { try tx.insert(document) }
      for consent in consents { try tx.insert(consent) }
    }
    return complete
  }

  /// An active consent of a person of a household.
  public func consent(
    of person: PersonID, in registration: RegistrationID, to recipient: PartnerID,
    for purpose: Purpose, classes: DataClassSet = DataClassSet(classes: DataClass.allCases)
  ) async throws -> Consent {
    let consent = try activeConsent(
      of: person, in: registration, to: recipient, for: purpose, classes: classes)
    try await store.write { try $0.insert(consent) }
    return consent
  }

  private func activeConsent(
    of person: PersonID, in registration: RegistrationID, to recipient: PartnerID,
    for purpose: Purpose, classes: DataClassSet = DataClassSet(classes: DataClass.allCases)
  ) throws -> Consent {
    var random = SystemRandomNumberGenerator()
    guard let digest = Digest([UInt8](repeating: 7, count: 32)) else { throw NoDigest() }
    return Consent(
      id: ConsentID(using: &random), registration: registration, person: person, grantor: person,
      recipient: recipient, purpose: purpose, dataClasses: classes, textVersion: "2023.1",
      textLanguage: .fallback, textDigest: digest, method: .signed,
      grantTime: clock.now - .hours(1), expireTime: clock.now + .days(365), state: .active,
      revision: Revision(createdAt: clock.now - .hours(1)))
  }

  /// Gives a partner a certificate for every role, the server's own too, and every purpose: then what
  /// refuses a call is the method's rule and nothing before it.
  public func permitEverything(to id: PartnerID) async throws {
    try await store.write { tx in
      guard var partner = try tx.partner(id) else { throw StoreError.notFound }
      let version = partner.revision.version
      partner.identities = Role.allCases.map { ReferenceData.identity(of: id, as: $0) }
      partner.purposes = Purpose.allCases
      partner.revision.advance(at: tx.now)
      try tx.update(partner, from: version)
    }
  }

  /// The status events of a resource, by version.
  public func events(of kind: AggregateKind, _ uid: String) async throws -> [StatusEvent] {
    try await store.read { try $0.statusEvents(of: kind, uid: uid) }
  }

  /// How many entries the audit log has.
  public func auditCount() async throws -> Int64 {
    try await store.read { try $0.auditLogSize() }
  }

  /// The newest entries of the audit log, oldest first.
  public func lastAuditEntries(_ count: Int = 1) async throws -> [AuditEntry] {
    try await store.read { reader in
      let size = try reader.auditLogSize()
      return try reader.auditEntries(from: max(0, size - Int64(count)), limit: count)
        .items.map(\.entry)
    }
  }

  private static let key = [UInt8](repeating: 1, count: 32)

  private struct NoSuchState: Error { var state: RegistrationState }
  private struct NoDigest: Error {}
}

extension Slot {
  /// Its resource name.
  public var resourceName: String {
    "offices/\(service.office)/schedules/\(schedule?.code ?? "-")/slots/\(id)"
  }
}
