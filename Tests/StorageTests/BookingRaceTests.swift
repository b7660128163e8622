import Domain
import Storage
import StoreSamples
import Testing

@Suite struct BookingRaceTests {
  /// How one caller's attempt ended.
  private enum Answer: Hashable, Sendable {
    case booked(seats: Int)
    case refused(Refusal.Reason)
  }

  @Test(arguments: StoreUnderTest.allCases, [UInt64(20_230_612), 7])
  func `500 callers for 50 seats never share a seat or split a household`(
    _ kind: StoreUnderTest, seed: UInt64
  ) async throws {
    try await kind.run(seed: seed) { store, clock, maker in
      let slot = maker.slot(seats: 50)
      let until = clock.now + .minutes(10)
      try await store.write { try $0.insert(slot) }
      let attempts = (0..<500).map { _ in
        let household = maker.household(of: Int(maker.random.next() % 5) + 1)
        return Attempt(
          household: household,
          hold: maker.hold(on: slot, for: household, at: clock.now, until: until),
          appointment: maker.appointment(in: slot, for: household))
      }
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for attempt in attempts { group.addTask { try await Self.book(attempt, in: store) } }
        return try await group.reduce(into: [Answer]()) { $0.append($1) }
      }
      try await Self.expectConsistent(answers, slot: slot, store: store)
    }
  }

  private struct Attempt: Sendable {
    var household: StoredHousehold
    var hold: Hold
    var appointment: Appointment
  }

  /// Registers, holds and books in three units, as three calls would.
  private static func book(_ attempt: Attempt, in store: any Store) async throws -> Answer {
    let seats = attempt.hold.seats
    do {
      try await store.write { try attempt.household.insert($0) }
      let hold = try await store.write { transaction in
        var hold = attempt.hold
        hold.fence = try transaction.claimSeats(
          seats, of: hold.slot, among: .anybody, for: .hold(hold.id, until: hold.expireTime))
        try transaction.insert(hold)
        return hold
      }
      try await store.write { transaction in
        var consumed = hold
        consumed.state = .consumed
        consumed.revision.advance(at: transaction.now)
        try transaction.update(consumed, from: .first)
        try transaction.takeSeats(of: hold, for: attempt.appointment.id)
        try transaction.insert(attempt.appointment)
      }
      return .booked(seats: seats)
    } catch let refusal as Refusal {
      return .refused(refusal.reason)
    }
  }

  private static func expectConsistent(
    _ answers: [Answer], slot: Slot, store: any Store
  ) async throws {
    let filter = AppointmentFilter(office: slot.service.office)
    let page = try await store.read { try $0.appointments(filter, after: nil, limit: 500) }
    let free = try await store.read { try $0.slotAvailability(slot.id)?.freeSeats }
    let booked = answers.compactMap { answer in
      if case .booked(let seats) = answer { seats } else { nil }
    }
    #expect(answers.count == 500)
    #expect(booked.count + answers.count { $0 == .refused(.slotFull) } == 500)
    #expect(page.items.count == booked.count)
    #expect(page.items.map(\.seats).reduce(0, +) == booked.reduce(0, +))
    // Households of one are many, so that the last seat always finds a taker: none is lost.
    #expect(booked.reduce(0, +) == 50)
    #expect(free == 0)
  }
}
