/// Who may take which seats: the rules that HoldSlot, Book, Offer and Reschedule share.
public enum BookingRule {
  /// A household that wants a slot.
  public struct Request: Hashable, Sendable {
    /// The slot, as read in this transaction.
    public var slot: Slot
    /// Its service.
    public var service: ServiceOffer
    /// The household.
    public var registration: Registration
    /// The time, as read in this transaction.
    public var now: Instant
    /// How many seats the caller asks for; `nil` asks for the household's.
    public var seats: Int?
    /// Who the caller says will come; `nil` says the household.
    public var attendees: [PersonID]?

    /// Every field as given; nothing is checked here.
    public init(
      slot: Slot, service: ServiceOffer, registration: Registration, now: Instant,
      seats: Int? = nil, attendees: [PersonID]? = nil
    ) {
      self.slot = slot
      self.service = service
      self.registration = registration
      self.now = now
      self.seats = seats
      self.attendees = attendees
    }

    /// The seats of the slot that the household may claim.
    public var shares: SeatShares { slot.shares(openTo: registration) }
  }

  /// Refuses, in this order: with FIELD_INVALID a slot of another service, one in the past or one
  /// nearer than the lead time; with SLOT_BLOCKED; with TRANSITION_NOT_ALLOWED a registration in a
  /// state the service does not take; with DUPLICATE_HOLD one that is held; with RULE_NOT_MET a household larger than the service takes;
  /// with FIELD_INVALID seats or attendees that are not the whole household (INV-2).
  ///
  /// With `isHeld` the lead time is not asked for again: the hold was taken in time.
  public static func check(_ request: Request, isHeld: Bool = false) throws(Refusal) {
    let (slot, service) = (request.slot, request.service)
    guard slot.service == service.id else {
      throw Refusal.field("slot", "belongs to another service")
    }
    guard slot.start > request.now else { throw Refusal.field("slot", "is in the past") }
    guard isHeld || slot.start >= request.now + .minutes(service.leadTimeMinutes) else {
      throw Refusal.field("slot", "starts sooner than the service's lead time allows")
    }
    guard !slot.isBlocked else { throw Refusal(.slotBlocked) }
    guard request.registration.state != .frozen else { throw Refusal(.programFrozen) }
    try request.registration.demandUnconfirmed()
    guard service.bookableStates.contains(request.registration.state) else {
      throw Refusal.illegal("Booking this service", in: "\(request.registration.state)")
    }
    try request.registration.demandMayTakeSeats()
    guard request.registration.householdCount <= service.partyCountMax else {
      throw Refusal(.ruleNotMet, "The household is larger than the service takes at once.")
    }
    guard
      request.seats ?? request.registration.householdCount == request.registration.householdCount
    else { throw Refusal.field("seats", "must be one for each person of the household") }
    if let attendees = request.attendees {
      let household = request.registration.persons
      guard attendees.count == household.count, Set(attendees) == Set(household) else {
        throw Refusal.field("attendees", "must be the whole household, each once")
      }
    }
  }
}
