import Domain
import Storage

extension MemoryTransaction {
  func slot(_ id: SlotID) -> Slot? { state.slots[id] }

  func slotAvailability(_ id: SlotID) -> SlotAvailability? {
    slot(id).map { SlotAvailability(slot: $0, freeSeats: freeSeats($0.id)) }
  }

  private func freeSeats(_ slot: SlotID) -> Int {
    state.seats[slot, default: []].count { $0.isFree(at: now) }
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
      .map { SlotAvailability(slot: $0, freeSeats: freeSeats($0.id)) }
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

  func activeHold(of registration: RegistrationID) -> Hold? {
    state.holds.values.first { $0.registration == registration && $0.state(at: now) == .active }
  }

  func claimSeats(for hold: Hold) throws -> Hold {
    var hold = hold
    hold.fence = try advanceFence(of: hold.slot)
    try claim(hold.seats, of: hold.slot, as: .held(hold.id, until: hold.expireTime))
    for old in state.holds.values
    where old.registration == hold.registration && old.state == .active {
      if old.state(at: now) == .active { throw Refusal(.holdLimit) }
      var expired = old
      expired.state = .expired
      expired.revision.advance(at: now)
      state.holds[old.id] = expired
    }
    try require(state.registrations[hold.registration] != nil)
    try add(hold, hold.id, to: \.holds)
    return hold
  }

  func renewSeats(of hold: Hold, from version: Version) throws -> Hold {
    guard let old = state.holds[hold.id] else { throw StoreError.notFound }
    guard old.revision.version == version else { throw StoreError.versionMismatch }
    guard old.state(at: now) == .active else { throw Refusal(.holdExpired) }
    var hold = hold
    hold.fence = try advanceFence(of: hold.slot)
    state.holds[hold.id] = hold
    state.seats[hold.slot] = state.seats[hold.slot, default: []].map {
      isHeld($0, by: hold.id) ? .held(hold.id, until: hold.expireTime) : $0
    }
    return hold
  }

  func releaseSeats(of hold: Hold, from version: Version) throws {
    try replace(hold, hold.id, in: \.holds, from: version, \.revision.version)
    state.seats[hold.slot] = state.seats[hold.slot, default: []].map {
      isHeld($0, by: hold.id) ? .free : $0
    }
  }

  func isHeld(_ seat: MemoryState.Seat, by hold: HoldID) -> Bool {
    if case .held(hold, _) = seat { true } else { false }
  }

  func advanceFence(of id: SlotID) throws -> Int64 {
    guard var slot = state.slots[id] else { throw StoreError.notFound }
    guard !slot.isBlocked else { throw Refusal(.slotBlocked) }
    slot.fence += 1
    state.slots[id] = slot
    return slot.fence
  }

  func claim(_ count: Int, of slot: SlotID, as seat: MemoryState.Seat) throws {
    var seats = state.seats[slot, default: []]
    let free = seats.indices.filter { seats[$0].isFree(at: now) }.prefix(count)
    guard free.count == count else { throw Refusal(.slotFull) }
    for index in free { seats[index] = seat }
    state.seats[slot] = seats
  }
}
