import Domain
import Storage

extension MemoryTransaction {
  func slot(_ id: SlotID) -> Slot? { state.slots[id] }

  func slotAvailability(_ id: SlotID) -> SlotAvailability? {
    slot(id).map(availability)
  }

  private func availability(_ slot: Slot) -> SlotAvailability {
    SlotAvailability(slot: slot, freeSeats: freeSeatCount(of: slot.id, among: .anybody))
  }

  func freeSeatCount(of slot: SlotID, among shares: SeatShares) -> Int {
    freeSeats(of: slot, among: shares).count
  }

  /// The seats that nobody has, by their place.
  private func freeSeats(of id: SlotID, among shares: SeatShares) -> [Int] {
    guard let slot = state.slots[id], let seats = state.seats[id] else { return [] }
    let kinds = slot.seatShares
    return seats.indices.filter { seats[$0].isFree(at: now) && shares.contains(kinds[$0]) }
  }

  func slots(
    _ filter: SlotFilter, after key: TimeKey<SlotID>?, limit: Int
  ) -> Page<SlotAvailability> {
    let found = state.slots.values
      .filter { slot in
        slot.service.office == filter.office && filter.starts.contains(slot.start)
          && (filter.service == nil || filter.service == slot.service)
          && (filter.includesBlocked || !slot.isBlocked)
      }
      .map(availability)
      .filter { $0.freeSeats >= filter.freeSeatsMin }
    return page(found, after: key, limit: limit) { TimeKey($0.slot.start, $0.slot.id) }
  }

  func insert(_ slot: Slot) throws {
    try require(state.offers[slot.service] != nil)
    if let schedule = slot.schedule { try require(state.schedules[schedule] != nil) }
    guard slot.capacitySeats >= 1 else { throw StoreError.conflict(.range) }
    try add(slot, slot.id, to: \.slots)
    state.seats[slot.id] = Array(repeating: .free, count: slot.capacitySeats)
  }

  func update(_ slot: Slot, from version: Version) throws {
    var slot = slot
    if let old = state.slots[slot.id] {
      slot.fence = old.fence
      slot.capacitySeats = old.capacitySeats
    }
    try replace(slot, slot.id, in: \.slots, from: version, \.revision.version)
  }

  func hold(_ id: HoldID) -> Hold? { state.holds[id] }

  func activeHolds(in slot: SlotID) -> [Hold] {
    state.holds.values.filter { $0.slot == slot && $0.state(at: now) == .active }
      .sorted { $0.id < $1.id }
  }

  func openHold(of registration: RegistrationID) -> Hold? {
    state.holds.values.first { $0.registration == registration && $0.state == .active }
  }

  func claimSeats(
    _ count: Int, of slot: SlotID, among shares: SeatShares, for claimant: SeatClaimant
  ) throws -> Int64 {
    let fence = try advanceFence(of: slot)
    var seats = state.seats[slot, default: []]
    let free = freeSeats(of: slot, among: shares).prefix(count)
    guard free.count == count else { throw Refusal(.slotFull) }
    for index in free {
      switch claimant {
      case .hold(let hold, let until): seats[index] = .held(hold, until: until)
      case .appointment(let appointment): seats[index] = .taken(appointment)
      }
    }
    state.seats[slot] = seats
    return fence
  }

  func renewSeats(of hold: Hold, until expireTime: Instant) throws -> Int64 {
    let fence = try advanceFence(of: hold.slot)
    try replaceSeats(of: hold, by: .held(hold.id, until: expireTime))
    return fence
  }

  func takeSeats(of hold: Hold, for appointment: AppointmentID) throws {
    try replaceSeats(of: hold, by: .taken(appointment))
  }

  private func replaceSeats(of hold: Hold, by seat: MemoryState.Seat) throws {
    var seats = state.seats[hold.slot, default: []]
    let held = seats.indices.filter { isHeld(seats[$0], by: hold.id) && !seats[$0].isFree(at: now) }
    guard held.count == hold.seats else { throw Refusal(.holdExpired) }
    for index in held { seats[index] = seat }
    state.seats[hold.slot] = seats
  }

  func keepStill(_ slot: SlotID) {}

  func freeSeats(of hold: HoldID, in slot: SlotID) {
    state.seats[slot] = state.seats[slot, default: []].map { isHeld($0, by: hold) ? .free : $0 }
  }

  func freeSeats(of appointment: AppointmentID, in slot: SlotID) {
    state.seats[slot] = state.seats[slot, default: []].map {
      $0 == .taken(appointment) ? .free : $0
    }
  }

  func insert(_ hold: Hold) throws {
    try require(state.slots[hold.slot] != nil && state.registrations[hold.registration] != nil)
    if openHold(of: hold.registration) != nil { throw StoreError.conflict(.activeHold) }
    try add(hold, hold.id, to: \.holds)
  }

  func update(_ hold: Hold, from version: Version) throws {
    try replace(hold, hold.id, in: \.holds, from: version, \.revision.version)
  }

  private func isHeld(_ seat: MemoryState.Seat, by hold: HoldID) -> Bool {
    if case .held(hold, _) = seat { true } else { false }
  }

  private func advanceFence(of id: SlotID) throws -> Int64 {
    guard var slot = state.slots[id] else { throw StoreError.notFound }
    guard !slot.isBlocked else { throw Refusal(.slotBlocked) }
    slot.fence += 1
    state.slots[id] = slot
    return slot.fence
  }
}
