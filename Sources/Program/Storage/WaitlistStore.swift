public import Domain

/// Which places on the waitlist are asked for; every part given must hold.
public struct WaitlistFilter: Hashable, Sendable {
  /// Of this registration.
  public var registration: RegistrationID?
  /// That name this office.
  public var office: OfficeID?
  /// For this kind of service.
  public var kind: ServiceKind?
  /// In one of these states; empty for all.
  public var states: [WaitlistState]
  /// Of a registration of this applicant.
  public var owner: Actor?

  /// All fields; by default every place.
  public init(
    registration: RegistrationID? = nil, office: OfficeID? = nil, kind: ServiceKind? = nil,
    states: [WaitlistState] = []
  ) {
    self.registration = registration
    self.office = office
    self.kind = kind
    self.states = states
  }
}

/// Seats that have come free, as the waitlist looks at them.
public struct FreedSeats: Hashable, Sendable {
  /// The office.
  public var office: OfficeID
  /// What the slot is for.
  public var kind: ServiceKind
  /// How many are free.
  public var count: Int
  /// How long until they begin.
  public var notice: Duration

  /// Every field as given; nothing is checked here.
  public init(office: OfficeID, kind: ServiceKind, count: Int, notice: Duration) {
    self.office = office
    self.kind = kind
    self.count = count
    self.notice = notice
  }
}

/// Reads the waitlist.
public protocol WaitlistReader {
  /// The place of that id.
  func waitlistEntry(_ id: WaitlistEntryID) throws -> WaitlistEntry?
  /// Places in rank, equal ones by id.
  func waitlistEntries(
    _ filter: WaitlistFilter, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) throws -> Page<WaitlistEntry>
  /// The open place of a registration for a kind of service, of which there is at most one.
  func openWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) throws -> WaitlistEntry?
  /// The place that a registration has had last for a kind of service, open or not.
  func lastWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) throws -> WaitlistEntry?
  /// Who waits for such seats, fits whole, and need not know sooner: in rank, equal ones by id.
  func waiting(
    for seats: FreedSeats, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) throws -> Page<WaitlistEntry>
}

/// Changes the waitlist.
public protocol WaitlistWriter {
  /// Adds a place.
  /// - Throws: `StoreError.conflict(.waiting)` when the registration has an open one for the kind.
  func insert(_ entry: WaitlistEntry) throws
  /// Replaces a place the caller read at `version`; its registration, kind and offices stay.
  func update(_ entry: WaitlistEntry, from version: Version) throws
}
