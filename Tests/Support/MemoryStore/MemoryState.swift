import Domain
import Storage

/// Everything stored, by id.
struct MemoryState {
  var isClosed = false
  var programs: [ProgramID: Program] = [:]
  var windows: [IntakeWindowID: IntakeWindow] = [:]
  var rules: [EligibilityRule] = []
  var offices: [OfficeID: Office] = [:]
  var offers: [ServiceOfferID: ServiceOffer] = [:]
  var schedules: [ScheduleID: Schedule] = [:]
  var slots: [SlotID: Slot] = [:]
  var seats: [SlotID: [Seat]] = [:]
  var holds: [HoldID: Hold] = [:]
  var registrations: [RegistrationID: Registration] = [:]
  var receipts: [Receipt: RegistrationID] = [:]
  var households: [RegistrationID: Set<PersonID>] = [:]
  /// Who counts where (INV-8).
  var places: [Place: RegistrationID] = [:]
  var placesTaken: [RegistrationID: Set<Place>] = [:]
  var caseKeys: [RegistrationID: [UInt8]] = [:]
  var persons: [PersonID: Person] = [:]
  var personKeys: [PersonID: [UInt8]] = [:]
  var documents: [DocumentID: IdentityDocument] = [:]
  var consents: [ConsentID: Consent] = [:]
  var candidates: [DuplicateCandidateID: DuplicateCandidate] = [:]
  /// Who is stored under a key, and the other way round.
  var matches: [Digest: Set<PersonID>] = [:]
  var matchKeys: [PersonID: [Digest]] = [:]
  var appointments: [AppointmentID: Appointment] = [:]
  var waitlist: [WaitlistEntryID: WaitlistEntry] = [:]
  var partners: [PartnerID: Partner] = [:]
  var pathways: [PathwayID: Pathway] = [:]
  var referrals: [ReferralID: Referral] = [:]
  var decisions: [Decision] = []
  var events: [StatusEvent] = []
  var entries: [SequencedEntry] = []
  var tiles: [Int: [Digest]] = [:]
  var checkpoints: [Checkpoint] = []
  var records: [CallKey: IdempotencyRecord] = [:]
  var approvals: [PendingApprovalID: PendingApproval] = [:]
  var facts: [Fact] = []
  var releases: [ReportRelease] = []

  /// One seat: free, held until a time, or an appointment's.
  enum Seat: Hashable {
    case free
    case held(HoldID, until: Instant)
    case taken(AppointmentID)

    func isFree(at now: Instant) -> Bool {
      switch self {
      case .free: true
      case .held(_, let until): until <= now
      case .taken: false
      }
    }
  }

  /// A human being's place in a program, taken by one live registration.
  struct Place: Hashable {
    var program: ProgramID
    var cluster: PersonID
  }

  struct CallKey: Hashable {
    var partner: PartnerID
    var method: String
    var requestID: String
  }
}

/// One unit at work on its copy.
final class MemoryTransaction: StoreTransaction {
  var state: MemoryState
  let now: Instant
  let environment: StoreEnvironment

  init(_ state: MemoryState, environment: StoreEnvironment) {
    self.state = state
    self.now = environment.now()
    self.environment = environment
  }

  /// Adds an entity under its id, once.
  func add<ID: Hashable, Entity>(
    _ entity: Entity, _ id: ID, to table: WritableKeyPath<MemoryState, [ID: Entity]>
  ) throws {
    guard state[keyPath: table][id] == nil else { throw StoreError.conflict(.identifier) }
    state[keyPath: table][id] = entity
  }

  /// Replaces an entity that still has the version it was read at.
  func replace<ID: Hashable, Entity>(
    _ entity: Entity, _ id: ID, in table: WritableKeyPath<MemoryState, [ID: Entity]>,
    from version: Version, _ stored: (Entity) -> Version
  ) throws {
    guard let old = state[keyPath: table][id] else { throw StoreError.notFound }
    guard stored(old) == version else { throw StoreError.versionMismatch }
    state[keyPath: table][id] = entity
  }

  /// Refuses a reference to nothing.
  func require(_ exists: Bool) throws {
    guard exists else { throw StoreError.conflict(.reference) }
  }

  /// A page in the order of `key`, behind `after`.
  func page<Entity, ID: Identifier>(
    _ all: some Sequence<Entity>, after: TimeKey<ID>?, limit: Int, key: (Entity) -> TimeKey<ID>
  ) -> Page<Entity> {
    let sorted = all.map { (key($0), $0) }
      .filter { entry in after.map { Self.precedes($0, entry.0) } ?? true }
      .sorted { Self.precedes($0.0, $1.0) }
    return Page(found: sorted.map(\.1), limit: limit)
  }

  static func precedes<ID: Identifier>(_ lhs: TimeKey<ID>, _ rhs: TimeKey<ID>) -> Bool {
    lhs.time == rhs.time ? lhs.id < rhs.id : lhs.time < rhs.time
  }
}
