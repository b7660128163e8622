/// A short, exclusive claim on seats of a slot.
public struct Hold: Hashable, Sendable, Codable {
  /// Its id.
  public var id: HoldID
  /// The slot.
  public var slot: SlotID
  /// The registration that holds.
  public var registration: RegistrationID
  /// How many seats: all of the household or none (INV-2).
  public var seats: Int
  /// The first instant it no longer counts. Compared in the booking transaction.
  public var expireTime: Instant
  /// The number that proves it current.
  public var fence: Int64
  /// How often it was renewed, at most once.
  public var renewals: Int
  /// Where it stands; ACTIVE counts only before ``expireTime``.
  public var state: HoldState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: HoldID, slot: SlotID, registration: RegistrationID, seats: Int, expireTime: Instant,
    fence: Int64, renewals: Int = 0, state: HoldState, revision: Revision
  ) {
    self.id = id
    self.slot = slot
    self.registration = registration
    self.seats = seats
    self.expireTime = expireTime
    self.fence = fence
    self.renewals = renewals
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// The state with the clock taken into account.
  public func state(at now: Instant) -> HoldState {
    state == .active && now >= expireTime ? .expired : state
  }
}

/// The states of a hold.
public enum HoldState: Int, CaseIterable, Codable, Sendable {
  case active = 1
  case consumed = 2
  case released = 3
  case expired = 4
}
