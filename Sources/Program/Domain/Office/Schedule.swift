/// A rule by which slots are made: "Mondays to Thursdays, 08:00, 20 seats".
public struct Schedule: Hashable, Sendable, Codable {
  /// Its id, inside the office.
  public var id: ScheduleID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// The service it is for.
  public var service: ServiceOfferID
  /// The zone of its local times.
  public var zone: FixedZone
  /// The local day of the first occurrence (DTSTART).
  public var firstDate: CivilDate
  /// The local time of every occurrence, in minutes after midnight, 0 … 1439.
  public var startMinuteOfDay: Int
  /// Local days on which there is none.
  public var exceptDates: [CivilDate]
  /// The RFC 5545 recurrence rule, the supported part; see ``RecurrenceRule``.
  public var recurrence: String
  /// The seats of each slot, 1 … 1000.
  public var capacitySeats: Int
  /// The languages spoken in them.
  public var languages: [LanguageTag]
  /// Seats kept for some.
  public var reservedShares: [ReservedShare]
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ScheduleID, uid: ResourceUID, service: ServiceOfferID, zone: FixedZone,
    firstDate: CivilDate, startMinuteOfDay: Int, exceptDates: [CivilDate] = [], recurrence: String,
    capacitySeats: Int,
    languages: [LanguageTag] = [], reservedShares: [ReservedShare] = [], revision: Revision
  ) {
    self.id = id
    self.uid = uid
    self.service = service
    self.zone = zone
    self.firstDate = firstDate
    self.startMinuteOfDay = startMinuteOfDay
    self.exceptDates = exceptDates
    self.recurrence = recurrence
    self.capacitySeats = capacitySeats
    self.languages = languages
    self.reservedShares = reservedShares
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }
}

/// One time at which a service takes people.
public struct Slot: Hashable, Sendable, Codable {
  /// Its id.
  public var id: SlotID
  /// The schedule it was made by; `nil` when made by hand.
  public var schedule: ScheduleID?
  /// The service.
  public var service: ServiceOfferID
  /// When it begins.
  public var start: Instant
  /// When it ends (half-open).
  public var end: Instant
  /// The zone its times are shown in.
  public var zone: FixedZone
  /// Its seats, one row each in the store (INV-1).
  public var capacitySeats: Int
  /// The languages spoken.
  public var languages: [LanguageTag]
  /// Seats kept for some.
  public var reservedShares: [ReservedShare]
  /// Why nobody can book it; `nil` when open.
  public var blockedReason: SlotBlockReason?
  /// The newest fence given out; strictly increasing (INV-4). 0 before the first hold.
  public var fence: Int64
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: SlotID, schedule: ScheduleID? = nil, service: ServiceOfferID, start: Instant, end: Instant,
    zone: FixedZone, capacitySeats: Int, languages: [LanguageTag] = [],
    reservedShares: [ReservedShare] = [], blockedReason: SlotBlockReason? = nil, fence: Int64 = 0,
    revision: Revision
  ) {
    self.id = id
    self.schedule = schedule
    self.service = service
    self.start = start
    self.end = end
    self.zone = zone
    self.capacitySeats = capacitySeats
    self.languages = languages
    self.reservedShares = reservedShares
    self.blockedReason = blockedReason
    self.fence = fence
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// Whether it is blocked.
  public var isBlocked: Bool { blockedReason != nil }
}

/// Seats of a slot kept for a pathway or for the vulnerable.
public struct ReservedShare: Hashable, Sendable, Codable {
  /// For whom.
  public var kind: Kind
  /// How many seats.
  public var seats: Int

  /// Every field as given; nothing is checked here.
  public init(kind: Kind, seats: Int) {
    self.kind = kind
    self.seats = seats
  }

  /// For whom seats are kept.
  public enum Kind: Hashable, Sendable, Codable {
    case pathway(PathwayID)
    case vulnerability
  }
}

/// Why a slot is blocked.
public enum SlotBlockReason: Int, CaseIterable, Codable, Sendable {
  case officeClosed = 1
  case staff = 2
  case equipment = 3
  case security = 4
  case program = 5
}
