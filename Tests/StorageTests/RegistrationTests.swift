import Domain
import Storage
import StoreSamples
import Testing

@Suite struct RegistrationTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `a receipt names one registration`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let first = maker.household(of: 1)
      var second = maker.household(of: 1)
      second.registration.receipt = first.registration.receipt
      try await store.write { try first.insert($0) }
      await #expect(throws: StoreError.conflict(.receipt)) {
        try await store.write { [second] in try second.insert($0) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a human being counts in one live registration, and apart under review`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var first = maker.household(of: 1, state: .submitted)
      var second = maker.household(of: 2, state: .submitted)
      let cluster = first.persons[0].cluster
      let program = maker.world.program.id
      second.persons[1].cluster = cluster
      try await store.write { [first] in try first.insert($0) }
      await #expect(throws: StoreError.conflict(.liveMember)) {
        try await store.write { [second] in try second.insert($0) }
      }
      let found = try await store.read { try $0.liveRegistration(of: cluster, in: program) }
      #expect(found == first.registration)

      // The first ends, the second takes the place.
      first.registration.state = .withdrawn
      first.registration.revision.advance(at: clock.now)
      try await store.write { [first, second] in
        try $0.update(first.registration, from: .first)
        try second.insert($0)
      }
      let next = try await store.read { try $0.liveRegistration(of: cluster, in: program) }
      #expect(next == second.registration)

      // A third is held apart, and may not count while the second does.
      var third = maker.household(of: 2, state: .withdrawn)
      third.persons[1].cluster = cluster
      third.registration.members[0].standing = .underReview
      try await store.write { [third] in try third.insert($0) }
      third.registration.state = .submitted
      third.registration.revision.advance(at: clock.now)
      try await store.write { [third] in try $0.update(third.registration, from: .first) }
      let held = third.registration.revision.version
      third.registration.members[0].standing = .active
      third.registration.revision.advance(at: clock.now)
      await #expect(throws: StoreError.conflict(.liveMember)) {
        try await store.write { [third] in try $0.update(third.registration, from: held) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `lists follow the queue's rank`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      var all: [Registration] = []
      for number in 0..<6 {
        var household = maker.household(of: 1, state: number % 2 == 0 ? .submitted : .screening)
        household.registration.queueRankTime = clock.now - .hours(number / 2)
        all.append(household.registration)
        try await store.write { [household] in try household.insert($0) }
      }
      let sorted = all.sorted { ($0.listTime, $0.id) < ($1.listTime, $1.id) }
      let program = maker.world.program.id
      let first = try await store.read {
        try $0.registrations(RegistrationFilter(program: program), after: nil, limit: 4)
      }
      #expect(first == Page(items: Array(sorted.prefix(4)), hasMore: true))
      let key = TimeKey(sorted[3].listTime, sorted[3].id)
      let rest = try await store.read {
        try $0.registrations(RegistrationFilter(program: program), after: key, limit: 2)
      }
      #expect(rest == Page(items: Array(sorted.suffix(2)), hasMore: false))
      let waiting = try await store.read {
        try $0.registrations(RegistrationFilter(states: [.submitted]), after: nil, limit: 9)
      }
      #expect(waiting.items == sorted.filter { $0.state == .submitted })
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a person goes with documents and consents, unless something refers to them`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      var full = try FullSamples(&maker)
      full.appointment.attendees = []
      full.referral.persons = []
      let (person, document, consent) = (full.person.id, full.document.id, full.consent.id)
      try await store.write { [full] in try full.insert($0) }
      let second = try #require(Version(rawValue: 2))
      await #expect(throws: StoreError.versionMismatch) {
        try await store.write { try $0.remove(person, from: second) }
      }
      try await store.write { try $0.remove(person, from: .first) }
      #expect(try await store.read { try $0.person(person) } == nil)
      #expect(try await store.read { try $0.personKey(of: person) } == nil)
      #expect(try await store.read { try $0.document(document) } == nil)
      #expect(try await store.read { try $0.consent(consent) } == nil)
      await #expect(throws: StoreError.notFound) {
        try await store.write { try $0.remove(person, from: .first) }
      }
    }
    try await kind.run { store, _, maker in
      let full = try FullSamples(&maker)
      try await store.write { try full.insert($0) }
      await #expect(throws: StoreError.conflict(.reference)) {
        try await store.write { try $0.remove(full.person.id, from: .first) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases, [(0, true), (3, true), (4, false)])
  func `a window never admits more than its quota`(
    _ kind: StoreUnderTest, _ admission: (count: Int, fits: Bool)
  ) async throws {
    try await kind.run { store, clock, maker in
      var window = maker.world.window
      window.quota = 3
      window.admitted = admission.count
      window.revision.advance(at: clock.now)
      if admission.fits {
        try await store.write { [window] in try $0.update(window, from: .first) }
        let stored = try await store.read { [window] in try $0.intakeWindow(window.id) }
        #expect(stored == window)
      } else {
        await #expect(throws: StoreError.conflict(.range)) {
          try await store.write { [window] in try $0.update(window, from: .first) }
        }
      }
    }
  }
}
