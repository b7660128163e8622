import Domain
import Storage
import StoreSamples
import Testing

@Suite struct WaitlistStoreTests {
  private static let offices = ["gt-xel-01", "gt-gua-01"].map { OfficeID(checked: $0) }

  @Test(arguments: StoreUnderTest.allCases)
  func `a place is kept as it is, and one of a kind is open at most`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let household = maker.household(of: 3)
      let slot = maker.slot(seats: 4)
      let appointment = maker.appointment(in: slot, for: household, state: .cancelled)
      var entry = maker.waitlistEntry(
        of: household, at: Self.offices, notice: .minutes(90) + .microseconds(7))
      try await store.write { [entry] tx in
        try household.insert(tx)
        try tx.insert(slot)
        try tx.insert(appointment)
        try tx.insert(entry)
      }
      let id = entry.id
      #expect(try await store.read { try $0.waitlistEntry(id) } == entry)
      entry.state = .offered
      entry.appointment = appointment.id
      entry.offersMade = 2
      entry.rankTime = clock.now + .hours(1)
      entry.revision.advance(at: clock.now)
      try await store.write { [entry] in try $0.update(entry, from: .first) }
      #expect(try await store.read { try $0.waitlistEntry(id) } == entry)
      await #expect(throws: StoreError.versionMismatch) {
        try await store.write { [entry] in try $0.update(entry, from: .first) }
      }
      let twin = maker.waitlistEntry(of: household, at: Self.offices)
      await #expect(throws: StoreError.conflict(.waiting)) {
        try await store.write { try $0.insert(twin) }
      }
      var other = twin
      other.kind = .counselling
      try await store.write { [other] in try $0.insert(other) }
      let registration = household.registration.id
      let open = try await store.read {
        try (
          $0.openWaitlistEntry(of: registration, for: .interview),
          $0.openWaitlistEntry(of: registration, for: .preScreen)
        )
      }
      #expect(open.0 == entry)
      #expect(open.1 == nil)
      entry.state = .removed
      entry.revision.advance(at: clock.now)
      let version = try #require(Version(rawValue: 2))
      try await store.write { [entry] in try $0.update(entry, from: version) }
      let again = maker.waitlistEntry(of: household, at: Self.offices)
      try await store.write { try $0.insert(again) }
      await #expect(throws: StoreError.conflict(.waiting)) {
        try await store.write { [entry] tx in
          var reopened = entry
          reopened.state = .waiting
          let stored = reopened.revision.version
          reopened.revision.advance(at: tx.now)
          try tx.update(reopened, from: stored)
        }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `freed seats go by rank, to who fits whole and need not know sooner`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var entries: [WaitlistEntry] = []
      // In rank: a large one, one elsewhere, one that must know early, one of two, and two equal ones.
      let rows: [(people: Int, offices: [OfficeID], notice: Duration, rank: Int)] = [
        (5, Self.offices, .zero, 0), (1, [Self.offices[1]], .zero, 1),
        (1, Self.offices, .days(2), 2), (2, Self.offices, .hours(1), 3),
        (1, [Self.offices[0]], .zero, 4), (1, Self.offices, .zero, 4),
      ]
      for row in rows {
        let household = maker.household(of: row.people)
        let entry = maker.waitlistEntry(
          of: household, at: row.offices, rank: clock.now + .seconds(row.rank),
          notice: row.notice)
        entries.append(entry)
        try await store.write { tx in
          try household.insert(tx)
          try tx.insert(entry)
        }
      }
      func found(_ count: Int, _ notice: Duration) async throws -> [WaitlistEntryID] {
        let seats = FreedSeats(
          office: Self.offices[0], kind: .interview, count: count, notice: notice)
        return try await store.read {
          try $0.waiting(for: seats, after: nil, limit: 10).items.map(\.id)
        }
      }
      let equal = [entries[4].id, entries[5].id].sorted()
      #expect(
        try await found(5, .days(2)) == [entries[0].id, entries[2].id, entries[3].id] + equal)
      #expect(try await found(4, .hours(1)) == [entries[3].id] + equal)
      #expect(try await found(2, .hours(1) - .microseconds(1)) == equal)
      #expect(try await found(1, .hours(1)) == equal)
      #expect(try await found(0, .days(3)) == [])
      let key = TimeKey(entries[3].rankTime, entries[3].id)
      let seats = FreedSeats(
        office: Self.offices[0], kind: .interview, count: 5, notice: .days(2))
      #expect(
        try await store.read { try $0.waiting(for: seats, after: key, limit: 1) }
          == Page(items: [entries[4].id < entries[5].id ? entries[4] : entries[5]], hasMore: true))
      // Who is offered something does not wait, and who comes back is where its rank is.
      var offered = entries[0]
      offered.state = .offered
      offered.revision.advance(at: clock.now)
      try await store.write { [offered] in try $0.update(offered, from: .first) }
      #expect(try await found(5, .days(1)) == [entries[3].id] + equal)
      let version = offered.revision.version
      offered.state = .waiting
      offered.rankTime = clock.now + .hours(9)
      offered.revision.advance(at: clock.now)
      try await store.write { [offered] in try $0.update(offered, from: version) }
      #expect(try await found(5, .days(1)) == [entries[3].id] + equal + [offered.id])
      // And whoever needs more, or has to know sooner than before, is looked for by that.
      let again = offered.revision.version
      offered.seats = 6
      offered.notice = .days(1)
      offered.revision.advance(at: clock.now)
      try await store.write { [offered] in try $0.update(offered, from: again) }
      #expect(try await found(5, .days(1)) == [entries[3].id] + equal)
      #expect(try await found(6, .days(1)) == [entries[3].id] + equal + [offered.id])
      #expect(try await found(6, .hours(23)) == [entries[3].id] + equal)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `of the places that a household has had, the last is the one that it joined last`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let household = maker.household(of: 1)
      let other = maker.household(of: 1)
      try await store.write { tx in
        try household.insert(tx)
        try other.insert(tx)
      }
      let id = household.registration.id
      func last(_ kind: ServiceKind) async throws -> WaitlistEntryID? {
        try await store.read { try $0.lastWaitlistEntry(of: id, for: kind)?.id }
      }
      #expect(try await last(.interview) == nil)
      // Neither the rank nor the id says which one it is.
      for (hours, rank) in [(2, 5), (3, 1), (1, 9)] {
        var entry = maker.waitlistEntry(
          of: household, at: Self.offices, rank: clock.now + .hours(rank), state: .removed)
        entry.revision = Revision(createdAt: StoredWorld.opening + .hours(hours))
        var elsewhere = maker.waitlistEntry(of: other, at: Self.offices, state: .removed)
        elsewhere.revision = Revision(createdAt: StoredWorld.opening + .hours(9))
        try await store.write { [entry, elsewhere] tx in
          try tx.insert(entry)
          try tx.insert(elsewhere)
        }
        if hours > 1 { #expect(try await last(.interview) == entry.id) }
        if hours == 1 { #expect(try await last(.interview) != entry.id) }
      }
      #expect(try await last(.counselling) == nil)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a list is in rank, and as narrow as asked`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      var entries: [WaitlistEntry] = []
      for (number, state) in WaitlistState.allCases.enumerated() {
        let household = maker.household(of: 1)
        let entry = maker.waitlistEntry(
          of: household, at: [Self.offices[number % 2]], rank: clock.now - .seconds(number),
          state: state)
        entries.insert(entry, at: 0)
        try await store.write { tx in
          try household.insert(tx)
          try tx.insert(entry)
        }
      }
      func list(_ filter: WaitlistFilter) async throws -> [WaitlistEntry] {
        try await store.read { try $0.waitlistEntries(filter, after: nil, limit: 10).items }
      }
      #expect(try await list(WaitlistFilter()) == entries)
      let here = Self.offices[0]
      #expect(
        try await list(WaitlistFilter(office: here)) == entries.filter { $0.offices == [here] })
      #expect(try await list(WaitlistFilter(kind: .counselling)) == [])
      #expect(try await list(WaitlistFilter(states: [.waiting, .lapsed])).count == 2)
      let one = entries[2]
      #expect(
        try await list(WaitlistFilter(registration: one.registration, kind: .interview)) == [one])
      let page = try await store.read {
        try $0.waitlistEntries(
          WaitlistFilter(), after: TimeKey(one.rankTime, one.id), limit: 2)
      }
      #expect(page == Page(items: [entries[3], entries[4]], hasMore: true))
    }
  }
}
