import Domain
import Storage
import StoreSamples
import Testing

@Suite struct AppointmentTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `one live appointment per registration and service, until it ends`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let slots = [maker.slot(seats: 9), maker.slot(seats: 9, hoursAfterOpening: 48)]
      let household = maker.household(of: 2)
      var first = maker.appointment(in: slots[0], for: household)
      let second = maker.appointment(in: slots[1], for: household)
      try await store.write { [first] in
        for slot in slots { try $0.insert(slot) }
        try household.insert($0)
        try $0.insert(first)
      }
      await #expect(throws: StoreError.conflict(.liveAppointment)) {
        try await store.write { try $0.insert(second) }
      }
      first.state = .rescheduled
      first.successor = second.id
      first.revision.advance(at: clock.now)
      // Both halves of a reschedule in one unit, the old one first.
      try await store.write { [first] in
        try $0.update(first, from: .first)
        try $0.insert(second)
      }
      #expect(try await store.read { try $0.appointment(second.id) } == second)
    }
  }

  @Test(
    arguments: StoreUnderTest.allCases, [(-2, false), (-1, true), (0, true), (1, true), (2, false)])
  func `nobody is expected in two places, and half-open times may touch`(
    _ kind: StoreUnderTest, _ shift: (halfHours: Int, overlaps: Bool)
  ) async throws {
    try await kind.run { store, clock, maker in
      let slot = maker.slot(seats: 9)
      var other = maker.slot(seats: 9)
      other.start = slot.start + .minutes(30 * shift.halfHours)
      other.end = other.start + .hours(1)
      let household = maker.household(of: 2)
      // Another case of the same people: only the person stands in the way.
      var twin = maker.household(of: 1)
      let first = maker.appointment(in: slot, for: household)
      var second = maker.appointment(in: other, for: twin)
      twin.persons = []
      second.attendees = [
        Attendee(person: household.persons[1].id, attendance: .expected)
      ]
      let people = household.persons.map(\.id)
      let time = other.start..<other.end
      let found = try await store.write { [twin, other] transaction in
        try transaction.insert(slot)
        try transaction.insert(other)
        try household.insert(transaction)
        try twin.insert(transaction)
        try transaction.insert(first)
        return try transaction.liveAppointments(of: people, overlapping: time)
      }
      #expect(found == (shift.overlaps ? [first] : []))
      if shift.overlaps {
        await #expect(throws: Refusal(.personOverlap)) {
          try await store.write { [second] in try $0.insert(second) }
        }
      } else {
        try await store.write { [second] in try $0.insert(second) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `lists go page by page in the order of start and id`(_ kind: StoreUnderTest) async throws {
    try await kind.run(seed: 3) { store, _, maker in
      var all: [Appointment] = []
      for number in 0..<7 {
        // Pairs share a start, so that the id must break the tie.
        let slot = maker.slot(seats: 3, hoursAfterOpening: 24 + number / 2)
        let household = maker.household(of: 1)
        let state: AppointmentState = number % 3 == 0 ? .fulfilled : .confirmed
        let appointment = maker.appointment(in: slot, for: household, state: state)
        all.append(appointment)
        try await store.write {
          try $0.insert(slot)
          try household.insert($0)
          try $0.insert(appointment)
        }
      }
      let sorted = all.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
      let office = AppointmentFilter(office: maker.world.office.id)
      #expect(try await walk(office, by: 3, in: store) == sorted)
      #expect(try await walk(office, by: 7, in: store) == sorted)
      let confirmed = AppointmentFilter(
        service: maker.world.offer.id, states: [.confirmed, .checkedIn])
      #expect(
        try await walk(confirmed, by: 2, in: store) == sorted.filter { $0.state == .confirmed })
      let day = AppointmentFilter(starts: sorted[2].start..<sorted[4].start)
      #expect(try await walk(day, by: 1, in: store) == Array(sorted[2..<4]))
      let own = AppointmentFilter(registration: all[5].registration, states: [.confirmed])
      #expect(try await walk(own, by: 1, in: store) == [all[5]])
      let slots = all.map(\.slot)
      #expect(try await store.read { try $0.liveAppointments(in: slots[1]) } == [all[1]])
      #expect(try await store.read { try $0.liveAppointments(in: slots[0]) } == [])
      #expect(try await store.read { try $0.noShows(in: slots[1]) } == [])
      let missed = try await store.write { [first = all[1]] tx in
        var missed = first
        missed.state = .noShow
        missed.revision.advance(at: tx.now)
        try tx.update(missed, from: first.revision.version)
        return missed
      }
      #expect(try await store.read { try $0.noShows(in: slots[1]) } == [missed])
      #expect(try await store.read { try $0.noShows(in: slots[2]) } == [])
    }
  }

  /// Every page of a list, following `hasMore`.
  private func walk(
    _ filter: AppointmentFilter, by limit: Int, in store: any Store
  ) async throws -> [Appointment] {
    var all: [Appointment] = []
    var key: TimeKey<AppointmentID>?
    while true {
      let page = try await store.read { [key] in
        try $0.appointments(filter, after: key, limit: limit)
      }
      all += page.items
      #expect(page.items.count <= limit)
      guard page.hasMore, let last = page.items.last, all.count < 100 else { return all }
      key = TimeKey(last.start, last.id)
    }
  }
}
