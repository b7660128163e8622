import Domain
import Storage
import StoreSamples
import Testing

@Suite struct SeatTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `a household takes all its seats or none`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 5)
      try await store.write { try $0.insert(slot) }
      let until = clock.now + .minutes(10)
      let ids = (0..<3).map { _ in HoldID(using: &maker.random) }
      let first = try await store.write {
        try $0.claimSeats(3, of: slot.id, among: .anybody, for: .hold(ids[0], until: until))
      }
      let refusal = await #expect(throws: Refusal.self) {
        try await store.write {
          try $0.claimSeats(3, of: slot.id, among: .anybody, for: .hold(ids[1], until: until))
        }
      }
      #expect(refusal?.reason == .slotFull)
      #expect(try await freeSeats(slot, store) == 2)
      let second = try await store.write {
        try $0.claimSeats(
          2, of: slot.id, among: .anybody, for: .appointment(AppointmentID(checked: "a")))
      }
      #expect(second > first)
      #expect(try await freeSeats(slot, store) == 0)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `kept seats are claimed by those for whom they are kept, and first`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var slot = maker.slot(seats: 5)
      slot.reservedShares = [
        ReservedShare(kind: .vulnerability, seats: 1),
        ReservedShare(kind: .pathway(maker.world.pathways[0].id), seats: 2),
      ]
      let kept = slot
      try await store.write { try $0.insert(kept) }
      func free(_ shares: SeatShares) async throws -> Int {
        try await store.read { try $0.freeSeatCount(of: kept.id, among: shares) }
      }
      func claim(_ count: Int, _ shares: SeatShares, as id: String) async throws {
        let appointment = AppointmentID(checked: id)
        _ = try await store.write {
          try $0.claimSeats(count, of: kept.id, among: shares, for: .appointment(appointment))
        }
      }
      #expect(try await freeSeats(kept, store) == 2)
      #expect(try await free(.all) == 5)
      await #expect(throws: Refusal(.slotFull)) { try await claim(3, .anybody, as: "a") }
      await #expect(throws: Refusal(.slotFull)) {
        try await claim(4, [.anybody, .reserved(0)], as: "b")
      }
      try await claim(2, [.anybody, .reserved(0)], as: "c")
      #expect(try await free(.reserved(0)) == 0)
      #expect(try await freeSeats(kept, store) == 1)
      try await claim(3, [.anybody, .reserved(1)], as: "d")
      #expect(try await free(.all) == 0)
      try await store.write { try $0.freeSeats(of: AppointmentID(checked: "c"), in: kept.id) }
      #expect(try await free(.reserved(0)) == 1)
      #expect(try await freeSeats(kept, store) == 1)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a hold counts up to its time and not at it`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 1)
      let ids = (0..<2).map { _ in HoldID(using: &maker.random) }
      let until = clock.now + .minutes(10)
      try await store.write {
        try $0.insert(slot)
        _ = try $0.claimSeats(1, of: slot.id, among: .anybody, for: .hold(ids[0], until: until))
      }
      clock.advance(by: .minutes(10) - .microseconds(1))
      #expect(try await freeSeats(slot, store) == 0)
      await #expect(throws: Refusal(.slotFull)) {
        try await store.write {
          try $0.claimSeats(
            1, of: slot.id, among: .anybody, for: .hold(ids[1], until: until + .hours(1)))
        }
      }
      clock.advance(by: .microseconds(1))
      #expect(try await freeSeats(slot, store) == 1)
      try await store.write {
        _ = try $0.claimSeats(
          1, of: slot.id, among: .anybody, for: .hold(ids[1], until: until + .hours(1)))
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `booking needs every held seat still in time`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 2)
      let household = maker.household(of: 2)
      let until = clock.now + .minutes(10)
      let draft = maker.hold(on: slot, for: household, at: clock.now, until: until)
      let appointment = AppointmentID(using: &maker.random)
      let hold = try await store.write { transaction in
        try transaction.insert(slot)
        try household.insert(transaction)
        var hold = draft
        hold.fence = try transaction.claimSeats(
          2, of: slot.id, among: .anybody, for: .hold(draft.id, until: until))
        try transaction.insert(hold)
        return hold
      }
      #expect(try await store.read { try $0.activeHolds(in: slot.id) } == [hold])
      #expect(
        try await store.read { try $0.openHold(of: household.registration.id) } == hold)
      var tooMany = hold
      tooMany.seats = 3
      await #expect(throws: Refusal(.holdExpired)) {
        try await store.write { [tooMany] in try $0.takeSeats(of: tooMany, for: appointment) }
      }
      let fence = try await store.write {
        try $0.renewSeats(of: hold, until: until + .minutes(10))
      }
      #expect(fence > hold.fence)
      clock.advance(by: .minutes(15))
      try await store.write { try $0.takeSeats(of: hold, for: appointment) }
      await #expect(throws: Refusal(.holdExpired)) {
        try await store.write { try $0.takeSeats(of: hold, for: appointment) }
      }
      try await store.write { try $0.freeSeats(of: appointment, in: slot.id) }
      #expect(try await freeSeats(slot, store) == 2)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what has passed can be neither renewed nor booked, and is free`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 2)
      let household = maker.household(of: 2)
      let until = clock.now + .minutes(10)
      let hold = maker.hold(on: slot, for: household, at: clock.now, until: until)
      try await store.write { transaction in
        try transaction.insert(slot)
        _ = try transaction.claimSeats(
          2, of: slot.id, among: .anybody, for: .hold(hold.id, until: until))
      }
      clock.advance(by: .minutes(10))
      await #expect(throws: Refusal(.holdExpired)) {
        try await store.write { _ = try $0.renewSeats(of: hold, until: until + .hours(1)) }
      }
      await #expect(throws: Refusal(.holdExpired)) {
        try await store.write {
          try $0.takeSeats(of: hold, for: AppointmentID(checked: "a"))
        }
      }
      #expect(try await freeSeats(slot, store) == 2)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a blocked slot refuses claims and one that is absent is not found`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var blocked = maker.slot(seats: 2)
      blocked.blockedReason = .officeClosed
      let absent = maker.slot(seats: 2)
      let claimant = SeatClaimant.hold(HoldID(using: &maker.random), until: clock.now + .hours(1))
      try await store.write { [blocked] in try $0.insert(blocked) }
      await #expect(throws: Refusal(.slotBlocked)) {
        try await store.write { [blocked] in
          try $0.claimSeats(1, of: blocked.id, among: .anybody, for: claimant)
        }
      }
      await #expect(throws: StoreError.notFound) {
        try await store.write {
          try $0.claimSeats(1, of: absent.id, among: .anybody, for: claimant)
        }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a registration has one open hold, until that is closed by an update`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 9)
      let household = maker.household(of: 1)
      let until = clock.now + .minutes(10)
      let holds = (1...3).map { fence in
        var hold = maker.hold(on: slot, for: household, at: clock.now, until: until)
        hold.fence = Int64(fence)
        return hold
      }
      try await store.write {
        try $0.insert(slot)
        try household.insert($0)
        try $0.insert(holds[0])
      }
      await #expect(throws: StoreError.conflict(.activeHold)) {
        try await store.write { try $0.insert(holds[1]) }
      }
      clock.advance(by: .minutes(10))
      await #expect(throws: StoreError.conflict(.activeHold)) {
        try await store.write { try $0.insert(holds[2]) }
      }
      try await store.write { tx in
        var expired = holds[0]
        expired.state = .expired
        expired.revision.advance(at: tx.now)
        try tx.update(expired, from: holds[0].revision.version)
        try tx.insert(holds[2])
      }
      #expect(try await store.read { try $0.openHold(of: household.registration.id) } == holds[2])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `an update of a slot leaves its fence and its seats`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      var slot = maker.slot(seats: 2)
      let claimant = SeatClaimant.hold(HoldID(using: &maker.random), until: clock.now + .hours(1))
      try await store.write { [slot] in
        try $0.insert(slot)
        _ = try $0.claimSeats(1, of: slot.id, among: .anybody, for: claimant)
      }
      slot.capacitySeats = 50
      slot.revision.advance(at: clock.now)
      try await store.write { [slot] in try $0.update(slot, from: .first) }
      let stored = try await store.read { [slot] in try $0.slot(slot.id) }
      #expect(stored?.fence == 1)
      #expect(stored?.capacitySeats == 2)
    }
  }

  private func freeSeats(_ slot: Slot, _ store: any Store) async throws -> Int? {
    try await store.read { try $0.slotAvailability(slot.id)?.freeSeats }
  }
}
