import AuditProof
import Domain
public import Storage

/// Puts into a store what no call creates: the programme, its rules, pathways, partners, and sample
/// offices.
///
/// What is there already is left as it is, so that loading twice is loading once.
public struct ReferenceLoader: Sendable {
  /// How many days ahead the sample offices get slots for.
  public static let sampleDayCount = 28

  private let store: any Store
  private let secrets: Secrets
  private let sampleSeed: UInt64?

  /// A loader of reference data and sample offices.
  ///
  /// - Parameter sampleSeed: when given, the offices also get schedules and slots, the same for the
  ///   same seed and day
  public init(store: any Store, secrets: Secrets, sampleSeed: UInt64? = nil) {
    self.store = store
    self.secrets = secrets
    self.sampleSeed = sampleSeed
  }

  /// Loads what is missing, in one unit of work.
  ///
  /// - Returns: how many resources were added
  /// - Throws: `StoreError`
  public func load() async throws -> Int {
    try await store.write { tx in
      var work = Writing(
        tx: tx, trail: AuditTrail(operatorCommand: "load", at: tx.now, secrets: secrets),
        limits: .standard, requestDigest: Hash.sha256([]), requestSHA256: Hash.sha256([]),
        secrets: secrets)
      var count = try work.loadReference()
      count += try sampleSeed.map { try work.loadSample(seed: $0) } ?? work.loadOffices()
      if count > 0 {
        _ = try tx.append(work.trail, response: nil)
      }
      return count
    }
  }
}

extension AuditTrail {
  /// What a command of the server's operator leaves in the log.
  init(operatorCommand: String, at time: Instant, secrets: Secrets) {
    self.init(
      method: "pasarela-server/\(operatorCommand)", requestDigest: Hash.sha256(operatorCommand),
      isPersonal: false, secrets: secrets)
    caller = Caller(
      actor: Actor(partner: PartnerID(checked: "pasarela"), role: .system, user: "operator"),
      callTime: time)
  }
}

extension Writing {
  /// The programme, its rules, pathways and partners.
  fileprivate mutating func loadReference() throws -> Int {
    var count = 0
    if try tx.program(ReferenceData.pilotID) == nil {
      let pilot = ReferenceData.pilot(at: now, using: &random)
      try tx.insert(pilot)
      try note(.program, pilot.uid, .created(pilot.revision), state: pilot.state.rawValue)
      count += 1
    }
    let known = Set(try tx.eligibilityRules(of: ReferenceData.pilotID).map(\.version))
    for rule in ReferenceData.eligibilityRules
    where rule.program == ReferenceData.pilotID && !known.contains(rule.version) {
      try tx.insert(rule)
      count += 1
    }
    for partner in ReferenceData.partners(at: now, using: &random)
    where try tx.partner(partner.id) == nil {
      try tx.insert(partner)
      try note(.partner, partner.uid, .created(partner.revision))
      count += 1
    }
    for pathway in ReferenceData.pathways where try tx.pathway(pathway.id) == nil {
      try tx.put(pathway)
      count += 1
    }
    return count
  }

  /// The sample offices with their services, but no times.
  fileprivate mutating func loadOffices() throws -> Int {
    var count = 0
    for office in ReferenceData.sampleOffices(at: now, using: &random)
    where try tx.office(office.id) == nil {
      count += try add(office)
      for service in ReferenceData.sampleServices(of: office.id, at: now, using: &random) {
        count += try add(service)
      }
    }
    return count
  }

  /// The sample offices with services, and with schedules and slots for the next weeks.
  fileprivate mutating func loadSample(seed: UInt64) throws -> Int {
    var seeded = SplitMix64(seed: seed)
    let world = try SampleWorld(
      at: now, slotDayCount: ReferenceLoader.sampleDayCount, using: &seeded)
    var count = 0
    for office in world.offices where try tx.office(office.id) == nil { count += try add(office) }
    for service in world.services where try tx.serviceOffer(service.id) == nil {
      count += try add(service)
    }
    for schedule in world.schedules where try tx.schedule(schedule.id) == nil {
      try tx.insert(schedule)
      try note(.schedule, schedule.uid, .created(schedule.revision))
      count += 1
      let slots = world.slots.filter { $0.schedule == schedule.id }
      for slot in slots { count += try add(slot) }
      let office = try found(try tx.office(schedule.id.office))
      try append(Fact.seats(of: slots, at: office))
    }
    return count
  }

  private mutating func add(_ office: Office) throws -> Int {
    try tx.insert(office)
    try note(.office, office.uid, .created(office.revision))
    return 1
  }

  private mutating func add(_ service: ServiceOffer) throws -> Int {
    try tx.insert(service)
    try note(.serviceOffer, service.uid, .created(service.revision))
    return 1
  }

  private mutating func add(_ slot: Slot) throws -> Int {
    try tx.insert(slot)
    try note(.slot, slot.id, .created(slot.revision))
    return 1
  }
}
