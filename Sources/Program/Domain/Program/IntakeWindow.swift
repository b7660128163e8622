/// One opening of the intake: a time, a quota, a channel.
public struct IntakeWindow: Hashable, Sendable, Codable {
  /// Its id, inside the program.
  public var id: IntakeWindowID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// The first instant of the opening.
  public var openTime: Instant
  /// The first instant after it (half-open).
  public var closeTime: Instant
  /// How many submissions it admits, 1 or more.
  public var quota: Int
  /// How many it has admitted; never more than the quota (INV-11).
  public var admitted: Int
  /// The channel it is for; `nil` for all.
  public var channel: Channel?
  /// Where it stands; the clock is compared besides, see ``IntakeWindow/isOpen(at:)``.
  public var state: IntakeWindowState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: IntakeWindowID, uid: ResourceUID, openTime: Instant, closeTime: Instant, quota: Int,
    admitted: Int, channel: Channel? = nil, state: IntakeWindowState, revision: Revision
  ) {
    self.id = id
    self.uid = uid
    self.openTime = openTime
    self.closeTime = closeTime
    self.quota = quota
    self.admitted = admitted
    self.channel = channel
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }

  /// Whether it takes registrations at `now`: OPEN by state and by the clock.
  public func isOpen(at now: Instant) -> Bool {
    state == .open && openTime <= now && now < closeTime
  }
}

/// The states of an intake window.
public enum IntakeWindowState: Int, CaseIterable, Codable, Sendable {
  /// Not opened yet.
  case planned = 1
  /// Open.
  case open = 2
  /// Interrupted; can be opened again.
  case paused = 3
  /// Over.
  case closed = 4
  /// As many admitted as the quota allows.
  case quotaReached = 5
}

/// How a registration comes in.
public enum Channel: Int, CaseIterable, Codable, Sendable {
  case applicant = 1
  case contactCentre = 2
  case office = 3
  case partner = 4
}
