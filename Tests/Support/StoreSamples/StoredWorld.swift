public import Domain
public import Storage

/// One program with one window, one office with one service, two partners and two pathways: what
/// has to be stored before anything else can be.
public struct StoredWorld: Sendable {
  /// The hour the pilot opened: 08:00 in Guatemala.
  public static let opening = Instant(microseconds: 1_686_578_400_000_000)

  /// `gt-pilot-2023`.
  public let program: Program
  /// A year's opening for a million submissions.
  public let window: IntakeWindow
  /// `gt-xel-01`.
  public let office: Office
  /// Its interviews.
  public let offer: ServiceOffer
  /// Every weekday at eight.
  public let schedule: Schedule
  /// Who refers: `iom`.
  public let referrer: Partner
  /// Who receives: `us-rsc`.
  public let receiver: Partner
  /// Two pathways of one exclusive group.
  public let pathways: [Pathway]

  /// The same world for the same seed.
  public init(seed: UInt64 = 1) throws {
    var random = SeededRandom(seed: seed)
    let revision = Revision(createdAt: Self.opening)
    let programID = ProgramID(checked: "gt-pilot-2023")
    let officeID = OfficeID(checked: "gt-xel-01")
    let offerID = ServiceOfferID(checked: "gt-xel-01/interview")
    let date = try Self.require(CivilDate(year: 2023, month: 6, day: 12))
    program = Program(
      id: programID, uid: ResourceUID(using: &random), displayName: "Movilidad Segura",
      hostRegion: .guatemala, zone: .guatemala, pilotStart: date,
      pilotEnd: try Self.require(CivilDate(year: 2023, month: 12, day: 12)), state: .pilot,
      policyVersion: "2023-06", revision: revision)
    window = IntakeWindow(
      id: IntakeWindowID(checked: "gt-pilot-2023/2023-06-12"), uid: ResourceUID(using: &random),
      openTime: Self.opening, closeTime: Self.opening + .days(365), quota: 1_000_000, admitted: 0,
      state: .open, revision: revision)
    office = Office(
      id: officeID, uid: ResourceUID(using: &random), program: programID,
      organisation: PartnerID(checked: "iom"), displayName: "Quetzaltenango", region: .guatemala,
      subdivision: "GT-09", zone: .guatemala, languages: [.fallback],
      verificationCode: "SAMPLE", revision: revision)
    offer = ServiceOffer(
      id: offerID, uid: ResourceUID(using: &random), kind: .interview, mode: .inPerson,
      durationMinutes: 60, partyCountMax: 8, leadTimeMinutes: 0, bookableStates: [.invited],
      revision: revision)
    schedule = Schedule(
      id: ScheduleID(checked: "\(officeID)/mornings"), uid: ResourceUID(using: &random),
      service: offerID, zone: .guatemala, firstDate: date,
      startMinuteOfDay: 480, recurrence: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", capacitySeats: 20,
      revision: revision)
    referrer = Partner(
      id: PartnerID(checked: "iom"), uid: ResourceUID(using: &random), displayName: "IOM",
      kind: .un, identities: ["spiffe://safemobility/partner/iom"],
      keys: [
        PartnerKey(
          id: "receipts", algorithm: .ed25519, publicKey: Array("iom".utf8),
          startTime: revision.createTime)
      ], purposes: [.processing], revision: revision)
    receiver = Partner(
      id: PartnerID(checked: "us-rsc"), uid: ResourceUID(using: &random), displayName: "RSC",
      kind: .usGovernment, identities: ["spiffe://safemobility/partner/us-rsc"],
      purposes: [.resettlement], revision: revision)
    pathways = try ["USRAP", "CA-REF"].map { code in
      Pathway(
        id: try Self.require(PathwayID(rawValue: code)), displayName: code, region: .unitedStates,
        authorities: [PartnerID(checked: "us-rsc")], initiator: .office, isProtection: true,
        exclusiveGroup: "resettlement", purpose: .resettlement, profile: "us-rsc/USRAP")
    }
  }

  /// Adds what reference data leaves out, and lets the programme run; for stores that have reference data.
  public func startPilot(in transaction: any StoreTransaction) throws {
    if let program = try transaction.program(program.id) {
      var running = program
      running.state = .pilot
      running.revision.advance(at: transaction.now)
      try transaction.update(running, from: program.revision.version)
    }
    try transaction.insert(window)
    if try transaction.office(office.id) == nil { try transaction.insert(office) }
    if try transaction.serviceOffer(offer.id) == nil { try transaction.insert(offer) }
    try transaction.insert(schedule)
  }

  /// Stores all of it.
  public func seed(_ transaction: any StoreTransaction) throws {
    try transaction.insert(program)
    try transaction.insert(window)
    try transaction.insert(office)
    try transaction.insert(offer)
    try transaction.insert(schedule)
    try transaction.insert(referrer)
    try transaction.insert(receiver)
    for pathway in pathways { try transaction.put(pathway) }
  }

  static func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw SampleError() }
    return value
  }
}

/// A sample value that the domain's rules refuse.
struct SampleError: Error {}
