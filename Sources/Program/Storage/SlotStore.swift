public import Domain

/// A slot and how many of its seats nobody has at this moment.
public struct SlotAvailability: Hashable, Sendable {
  /// The slot.
  public var slot: Slot
  /// Seats without appointment and without unexpired hold; of a blocked slot too.
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
  /// Slots by start.
  func slots(
    _ filter: SlotFilter, after key: TimeKey<SlotID>?, limit: Int
  ) throws -> Page<SlotAvailability>
  /// The hold of that id, as stored: ACTIVE says nothing before `expireTime` is compared.
  func hold(_ id: HoldID) throws -> Hold?
  /// The holds of a slot that count at ``StoreReader/now``, by id: those to release when it is
  /// blocked.
  func activeHolds(in slot: SlotID) throws -> [Hold]
  /// The hold of a registration that counts at ``StoreReader/now``.
  func activeHold(of registration: RegistrationID) throws -> Hold?
}

/// Changes slots and claims seats. Every claim of seats takes all of them or none (INV-2).
public protocol SlotWriter {
  /// Adds a slot with `capacitySeats` free seats.
  func insert(_ slot: Slot) throws
  /// Replaces a slot the caller read at `version`; `fence` and `capacitySeats` are left as stored.
  func update(_ slot: Slot, from version: Version) throws

  /// Adds a hold and claims its seats until `expireTime`.
  ///
  /// The given `fence` is ignored. A hold of the registration whose time has passed is marked
  /// EXPIRED on the way.
  /// - Returns: the hold with the slot's new fence (INV-4).
  /// - Throws: `Refusal` with SLOT_BLOCKED, SLOT_FULL, or HOLD_LIMIT when the registration has an
  ///   active hold; `StoreError.notFound` without such a slot.
  func claimSeats(for hold: Hold) throws -> Hold

  /// Prolongs a hold read at `version`: stores the new `expireTime` and hands out a new fence.
  /// - Returns: the hold with its new fence; the old one is stale from now on.
  /// - Throws: `Refusal` with SLOT_BLOCKED, or HOLD_EXPIRED when its time passed;
  ///   `StoreError.versionMismatch`.
  func renewSeats(of hold: Hold, from version: Version) throws -> Hold

  /// Gives the seats of a hold back and stores it in its new state (RELEASED or EXPIRED).
  /// - Throws: `StoreError.versionMismatch` when it is no longer as read at `version`.
  func releaseSeats(of hold: Hold, from version: Version) throws
}
