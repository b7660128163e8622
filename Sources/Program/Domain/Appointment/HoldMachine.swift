/// Moves a hold on seats.
///
///     ACTIVE → ACTIVE (renewed once: new expiry and fence)
///     ACTIVE → CONSUMED (booked), RELEASED (given back, slot blocked), EXPIRED
///
/// No event waits for a hold to be moved to EXPIRED: each compares the time, inside the transaction that
/// books; the timer only writes down what it finds. A hold past its time refuses with HOLD_EXPIRED, and so does one that is spent: whoever
/// comes with it must hold anew either way.
public struct HoldMachine: ~Copyable {
  private var hold: Hold
  private let limits: Limits

  /// Takes the stored hold.
  public init(_ hold: Hold, limits: Limits = .standard) {
    self.hold = hold
    self.limits = limits
  }

  /// A new hold for the whole household. `fence` is the one the store's claim returned.
  ///
  /// Refused with SLOT_BLOCKED, with HOLD_LIMIT when the registration has another active hold, and
  /// as ``BookingRule`` says. Whether the seats are free is the store's answer (SLOT_FULL).
  public static func create(
    id: HoldID, request: BookingRule.Request, hasOtherActiveHold: Bool, fence: Int64,
    limits: Limits = .standard
  ) throws(Refusal) -> Change<Hold> {
    try BookingRule.check(request)
    guard !hasOtherActiveHold else { throw Refusal(.holdLimit) }
    let now = request.now
    let hold = Hold(
      id: id, slot: request.slot.id, registration: request.registration.id,
      seats: request.registration.householdCount, expireTime: now + limits.holdDuration,
      fence: fence, state: .active, revision: Revision(createdAt: now))
    return hold.created(.hold)
  }

  /// The holder asks for more time; `newFence` is the one the store's claim returned.
  public mutating func renew(
    by registration: RegistrationID, newFence: Int64, at now: Instant
  ) throws(Refusal) -> Change<Hold> {
    try demandActive(.renew, for: registration, at: now)
    guard hold.renewals < limits.holdRenewalCountMax else { throw Refusal(.holdLimit) }
    guard newFence > hold.fence else { throw Refusal(.holdFenceStale) }
    hold.renewals += 1
    hold.fence = newFence
    hold.expireTime = now + limits.holdDuration
    return hold.move(.renew, to: .active, at: now)
  }

  /// The seats are booked.
  public mutating func consume(
    by registration: RegistrationID, fence: Int64, at now: Instant
  ) throws(Refusal) -> Change<Hold> {
    try demandActive(.consume, for: registration, at: now)
    guard fence == hold.fence else { throw Refusal(.holdFenceStale) }
    return hold.move(.consume, to: .consumed, at: now)
  }

  /// The holder gives the seats back, or the office blocks the slot.
  public mutating func release(at now: Instant) throws(Refusal) -> Change<Hold> {
    guard hold.state(at: now) == .active else { throw Refusal(.holdExpired) }
    return hold.move(.release, to: .released, at: now, orders: [.freeSeats])
  }

  /// Writes down what the clock has already decided.
  public mutating func expire(at now: Instant) throws(Refusal) -> Change<Hold> {
    try hold.demand(.expire)
    guard now >= hold.expireTime else { throw Refusal.illegal("Expire", in: "active, in time") }
    return hold.move(.expire, to: .expired, at: now, orders: [.freeSeats])
  }

  /// ACTIVE at `now`, and the registration's own. Another's hold looks like none.
  private func demandActive(
    _ event: Hold.Event, for registration: RegistrationID, at now: Instant
  ) throws(Refusal) {
    guard hold.state(at: now) == .active, hold.registration == registration else {
      throw Refusal(.holdExpired)
    }
  }
}

extension Hold: Aggregate {
  /// A hold.
  public static var aggregateKind: AggregateKind { .hold }

  /// The events of ``HoldMachine``.
  public enum Event: String, MachineEvent {
    case hold = "HoldSlot"
    case renew = "RenewHold"
    case consume = "Book"
    case release = "ReleaseHold"
    case expire = "Expire"

    /// The states that have the event.
    public var sources: [HoldState] { self == .hold ? [] : [.active] }
  }

  /// What a change of a hold may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Free the hold's seats.
    case freeSeats
  }
}
