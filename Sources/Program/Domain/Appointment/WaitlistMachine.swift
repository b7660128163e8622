/// Moves a place on the waitlist.
///
///     (Join) → WAITING → OFFERED → ACCEPTED
///     OFFERED → DECLINED, LAPSED → WAITING again, or REMOVED after three offers
///     WAITING → REMOVED (left, served otherwise, or the case has ended)
public struct WaitlistMachine: ~Copyable {
  private var entry: WaitlistEntry
  private let limits: Limits

  /// Takes the stored entry.
  public init(_ entry: WaitlistEntry, limits: Limits = .standard) {
    self.entry = entry
    self.limits = limits
  }

  /// What a household that joins brings.
  public struct Request: Hashable, Sendable {
    /// The id to give it.
    public var id: WaitlistEntryID
    /// The household.
    public var registration: Registration
    /// The services it could come to, one of each office, all of one kind.
    public var services: [ServiceOffer]
    /// How long before the start it has to know.
    public var notice: Duration
    /// How many seats the caller asks for; `nil` asks for the household's.
    public var seats: Int?
    /// Whether it has a live appointment for such a service.
    public var hasLiveAppointment: Bool
    /// Whether it waits for such a service already.
    public var isWaiting: Bool
    /// The last place that it had for such a service.
    public var previous: WaitlistEntry?

    /// Every field as given; nothing is checked here.
    public init(
      id: WaitlistEntryID, registration: Registration, services: [ServiceOffer], notice: Duration,
      seats: Int? = nil, hasLiveAppointment: Bool, isWaiting: Bool,
      previous: WaitlistEntry? = nil
    ) {
      self.id = id
      self.registration = registration
      self.services = services
      self.notice = notice
      self.seats = seats
      self.hasLiveAppointment = hasLiveAppointment
      self.isWaiting = isWaiting
      self.previous = previous
    }
  }

  /// A household begins to wait, with its rank: nobody loses it by waiting, or by correcting a form
  /// (INV-14). `rankTime` is another one for who has to queue up anew. Without it, who comes back stands where it
  /// stood, with the offers that it has had; who has had them all comes last, and begins anew.
  ///
  /// Refused with APPOINTMENT_LIVE_EXISTS; with TRANSITION_NOT_ALLOWED when it waits already, or its
  /// state is none in which the services can be booked; with RULE_NOT_MET when none takes so many.
  public static func join(
    _ request: Request, rankTime: Instant? = nil, limits: Limits = .standard, at now: Instant
  ) throws(Refusal) -> Change<WaitlistEntry> {
    let (registration, services) = (request.registration, request.services)
    guard let kind = services.first?.kind else {
      throw Refusal.field("waitlist_entry.offices", "must be offices that have such a service")
    }
    guard registration.state != .frozen else { throw Refusal(.programFrozen) }
    guard services.contains(where: { $0.bookableStates.contains(registration.state) }) else {
      throw Refusal.illegal("Waiting for this service", in: "\(registration.state)")
    }
    guard services.contains(where: { registration.householdCount <= $0.partyCountMax }) else {
      throw Refusal(.ruleNotMet, "The household is larger than the service takes at once.")
    }
    guard request.seats ?? registration.householdCount == registration.householdCount else {
      throw Refusal.field("waitlist_entry.seats", "must be one for each person of the household")
    }
    guard !request.hasLiveAppointment else { throw Refusal(.appointmentLiveExists) }
    guard !request.isWaiting else { throw Refusal.illegal("JoinWaitlist", in: "waiting already") }
    let own = rankTime ?? registration.queueRankTime ?? registration.revision.createTime
    let past = rankTime == nil ? request.previous?.standing(limits) : nil
    return WaitlistEntry(
      id: request.id, registration: registration.id, kind: kind,
      offices: services.map(\.id.office), notice: request.notice,
      seats: registration.householdCount,
      rankTime: max(own, past?.rankTime ?? own), offersMade: past?.offersMade ?? 0,
      state: .waiting, revision: Revision(createdAt: now)
    ).created(.join)
  }

  /// The household leaves.
  public mutating func leave(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.leave)
    return entry.move(.leave, to: .removed, at: now)
  }

  /// Nothing is left to wait for: it has its place by other means, or its case has ended.
  public mutating func remove(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.remove)
    return entry.move(.remove, to: .removed, at: now)
  }

  /// Seats have come free and are offered.
  public mutating func offer(
    _ appointment: AppointmentID, at now: Instant
  ) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.offer)
    entry.appointment = appointment
    entry.offersMade += 1
    return entry.move(.offer, to: .offered, at: now)
  }

  /// The offer was confirmed.
  public mutating func accept(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.accept)
    return entry.move(.accept, to: .accepted, at: now)
  }

  /// The offer was called off, by whichever side.
  public mutating func decline(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.decline)
    return entry.move(.decline, to: .declined, at: now)
  }

  /// The offer was not answered in time.
  public mutating func lapse(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.lapse)
    return entry.move(.lapse, to: .lapsed, at: now)
  }

  /// What follows an offer that was not accepted: it waits again, or has had its three offers. Without its
  /// rank it comes last, because the first would be offered what comes free over and over. An offer that the office
  /// has called off, so that the household keeps its rank, was none.
  public mutating func settle(
    keepsRank: Bool, at now: Instant
  ) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.wait)
    guard keepsRank || entry.offersMade < limits.waitlistOfferCountMax else {
      return entry.move(.remove, to: .removed, at: now)
    }
    if keepsRank { entry.offersMade -= 1 } else { entry.rankTime = now }
    return entry.move(.wait, to: .waiting, at: now)
  }

  /// Gives it back the rank it would have had: of two places the household keeps the better.
  public mutating func restore(
    rankTime: Instant, at now: Instant
  ) throws(Refusal) -> Change<WaitlistEntry>? {
    try entry.demand(.restore)
    guard rankTime < entry.rankTime else { return nil }
    entry.rankTime = rankTime
    return entry.move(.restore, to: entry.state, at: now)
  }

  /// It has not come to an appointment that it had while it waited: it stands last, as who is put back for that does.
  public mutating func loseRank(at now: Instant) throws(Refusal) -> Change<WaitlistEntry> {
    try entry.demand(.loseRank)
    entry.rankTime = max(entry.rankTime, now)
    return entry.move(.loseRank, to: entry.state, at: now)
  }

  /// The household has grown or shrunk: it needs other seats, and keeps its rank (INV-14). Nil when it has as many
  /// people as before.
  public mutating func correct(
    seats: Int, at now: Instant
  ) throws(Refusal) -> Change<WaitlistEntry>? {
    try entry.demand(.correct)
    guard seats != entry.seats else { return nil }
    entry.seats = seats
    return entry.move(.correct, to: entry.state, at: now)
  }
}

extension WaitlistEntry {
  /// Where its household stands that comes back: leaving takes back neither a rank that is lost nor an offer.
  fileprivate func standing(_ limits: Limits) -> (rankTime: Instant, offersMade: Int) {
    if state == .removed, offersMade >= limits.waitlistOfferCountMax {
      return (revision.updateTime, 0)
    }
    return (rankTime, state == .accepted ? 0 : offersMade)
  }
}

extension WaitlistEntry: Aggregate {
  /// A place on the waitlist.
  public static var aggregateKind: AggregateKind { .waitlistEntry }

  /// The events of ``WaitlistMachine``.
  public enum Event: String, MachineEvent {
    case join = "JoinWaitlist"
    case leave = "LeaveWaitlist"
    case remove = "Remove"
    case offer = "Offer"
    case accept = "Confirm"
    case decline = "Cancel"
    case lapse = "Lapse"
    case wait = "WaitAgain"
    case restore = "RestoreRank"
    case loseRank = "LoseRank"
    case correct = "CorrectSeats"

    /// The states that have the event.
    public var sources: [WaitlistState] {
      switch self {
      case .join: []
      case .leave, .offer, .restore, .loseRank: [.waiting]
      case .remove: [.waiting, .declined, .lapsed]
      case .accept, .decline, .lapse: [.offered]
      case .wait: [.declined, .lapsed]
      case .correct: [.waiting, .offered]
      }
    }
  }

  /// A place on the waitlist asks for nothing besides.
  public enum Order: Hashable, Sendable {}
}
