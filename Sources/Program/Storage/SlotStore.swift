public import Domain

/// A slot and how many of its seats nobody has at this moment.
public struct SlotAvailability: Hashable, Sendable {
  /// The slot.
  public var slot: Slot
  /// Seats kept for nobody, without appointment and without unexpired hold; of a blocked slot too.
  public var freeSeats: Int

  /// A slot with so many seats free.
  public init(slot: Slot, freeSeats: Int) {
    self.slot = slot
    self.freeSeats = freeSeats
  }
}

/// Which slots of an office are asked for.
public struct SlotFilter: Hashable, Sendable {
  /// The office.
  public var office: OfficeID
  /// Only this service, or all of the office.
  public var service: ServiceOfferID?
  /// Slots that start in this half-open time.
  public var starts: Range<Instant>
  /// Only slots with at least so many free seats; 0 for all.
  public var freeSeatsMin: Int
  /// Whether blocked slots are listed too.
  public var includesBlocked: Bool

  /// All fields; by default open slots with any number of free seats.
  public init(
    office: OfficeID, service: ServiceOfferID? = nil, starts: Range<Instant>,
    freeSeatsMin: Int = 0, includesBlocked: Bool = false
  ) {
    self.office = office
    self.service = service
    self.starts = starts
    self.freeSeatsMin = freeSeatsMin
    self.includesBlocked = includesBlocked
  }
}

/// Reads slots, their seats and the holds on them.
public protocol SlotReader {
  /// The slot of that id.
  func slot(_ id: SlotID) throws -> Slot?
  /// The slot with its free seats, holds judged by ``StoreReader/now``.
  func slotAvailability(_ id: SlotID) throws -> SlotAvailability?
  /// How many seats of these kinds nobody has, holds judged by ``StoreReader/now``; 0 without such a slot.
  func freeSeatCount(of slot: SlotID, among shares: SeatShares) throws -> Int
  /// Slots by start.
  func slots(
    _ filter: SlotFilter, after key: TimeKey<SlotID>?, limit: Int
  ) throws -> Page<SlotAvailability>
  /// The hold of that id, as stored: ACTIVE says nothing before `expireTime` is compared.
  func hold(_ id: HoldID) throws -> Hold?
  /// The holds of a slot that count at ``StoreReader/now``, by id: those to release when it is
  /// blocked.
  func activeHolds(in slot: SlotID) throws -> [Hold]
  /// The hold of a registration that is stored ACTIVE, of which there is at most one. Its time may
  /// have passed: then it no longer counts, and must be moved to EXPIRED before another is added.
  func openHold(of registration: RegistrationID) throws -> Hold?
}

/// For whom seats are claimed.
public enum SeatClaimant: Hashable, Sendable {
  /// A hold, until its time passes.
  case hold(HoldID, until: Instant)
  /// An appointment made without a hold: an offer, or the new half of a reschedule.
  case appointment(AppointmentID)
}

/// Changes slots, seats and holds. A claim takes all the seats it names or none (INV-2).
///
/// The methods are the domain's orders: a hold is made by `claimSeats`, `HoldMachine.create` with
/// the fence, `insert`; a booking by `HoldMachine.consume`, `update`, `takeSeats`, and `insert` of
/// the appointment; all in one unit.
public protocol SlotWriter {
  /// Adds a slot with `capacitySeats` free seats.
  func insert(_ slot: Slot) throws
  /// Replaces a slot the caller read at `version`; `fence` and `capacitySeats` are left as stored.
  func update(_ slot: Slot, from version: Version) throws

  /// Claims `count` seats of these kinds that nobody has at ``StoreReader/now``, kept ones first.
  /// - Returns: the slot's new fence, higher than every one before (INV-4).
  /// - Throws: `Refusal` with SLOT_BLOCKED, or SLOT_FULL when there are fewer;
  ///   `StoreError.notFound` without such a slot.
  func claimSeats(
    _ count: Int, of slot: SlotID, among shares: SeatShares, for claimant: SeatClaimant
  ) throws -> Int64

  /// Prolongs the claim of a hold on all its seats.
  /// - Returns: the slot's new fence.
  /// - Throws: `Refusal` with SLOT_BLOCKED, or HOLD_EXPIRED when it has lost a seat or its time
  ///   has passed.
  func renewSeats(of hold: Hold, until expireTime: Instant) throws -> Int64

  /// Turns the seats of a hold into an appointment's.
  /// - Throws: `Refusal` with HOLD_EXPIRED unless the hold still has all its seats and time.
  func takeSeats(of hold: Hold, for appointment: AppointmentID) throws

  /// Lets nobody claim seats of the slot until this unit has ended, so that what it reads of them stays true.
  func keepStill(_ slot: SlotID) throws

  /// Gives back the seats a hold has; none is no error, its time may have passed. From here on the slot is kept
  /// still: units that need several slots keep all of them still first, in the order of ids.
  func freeSeats(of hold: HoldID, in slot: SlotID) throws
  /// Gives back the seats of an appointment that does not take place; keeps the slot still, too.
  func freeSeats(of appointment: AppointmentID, in slot: SlotID) throws

  /// Adds a hold.
  /// - Throws: `StoreError.conflict(.activeHold)` when the registration has one that is stored ACTIVE,
  ///   whatever the time: see `openHold`.
  func insert(_ hold: Hold) throws
  /// Replaces a hold the caller read at `version`.
  func update(_ hold: Hold, from version: Version) throws
}
