/// That a household waits for seats of a kind of service.
public struct WaitlistEntry: Hashable, Sendable, Codable {
  /// Its id. Made at random when the household joins, it also orders equal ranks, once and for all.
  public var id: WaitlistEntryID
  /// The registration.
  public var registration: RegistrationID
  /// What it waits for.
  public var kind: ServiceKind
  /// The offices it can come to, each once.
  public var offices: [OfficeID]
  /// How long before the start it has to know.
  public var notice: Duration
  /// The seats it needs, all together (INV-2).
  public var seats: Int
  /// Its place in the queue: earlier comes first.
  public var rankTime: Instant
  /// How often it was offered seats, without offers that the office has called off.
  public var offersMade: Int
  /// The appointment offered last.
  public var appointment: AppointmentID?
  /// Where it stands.
  public var state: WaitlistState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: WaitlistEntryID, registration: RegistrationID, kind: ServiceKind, offices: [OfficeID],
    notice: Duration, seats: Int, rankTime: Instant, offersMade: Int = 0,
    appointment: AppointmentID? = nil, state: WaitlistState, revision: Revision
  ) {
    self.id = id
    self.registration = registration
    self.kind = kind
    self.offices = offices
    self.notice = notice
    self.seats = seats
    self.rankTime = rankTime
    self.offersMade = offersMade
    self.appointment = appointment
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

/// The states of a waitlist entry; a household is WAITING or OFFERED at most once for a kind of service.
public enum WaitlistState: Int, CaseIterable, Codable, Sendable {
  case waiting = 1
  case offered = 2
  case accepted = 3
  case declined = 4
  case lapsed = 5
  case removed = 6

  /// Whether it may still be offered seats, or is being.
  public var isOpen: Bool { self == .waiting || self == .offered }
}
