import Domain
import Storage
import StoreSamples
import Testing

/// What the clock moves: each list from both sides of its instant, and its order.
@Suite struct DueTests {
  /// A list of the store, by text, so that one test asks for all of them.
  typealias List = @Sendable (any StoreReader) throws -> [String]

  /// Expects ids in a list from an instant on, and nothing one microsecond before.
  private func expect(
    _ ids: [some Identifier], in list: @escaping List, from instant: Instant, _ store: any Store,
    _ clock: TestClock, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    clock.advance(by: instant - clock.now - .microseconds(1))
    #expect(try await store.read(list) == [], sourceLocation: sourceLocation)
    clock.advance(by: .microseconds(1))
    #expect(
      try await store.read(list) == ids.map(\.rawValue), sourceLocation: sourceLocation)
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `offers are due when their time to confirm is over, and no other state is`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let due = clock.now + .hours(23)
      var offers: [Appointment] = []
      for state in AppointmentState.allCases {
        var appointment = try await stored(&maker, store, in: state)
        appointment.confirmBy = due
        try await update(appointment, store)
        offers.append(appointment)
      }
      let list: List = { try $0.offersToLapse(after: nil, limit: 20).items.map(\.id.rawValue) }
      try await expect([offers[0].id], in: list, from: due, store, clock)
      offers[0].state = .confirmed
      try await update(offers[0], store)
      #expect(try await store.read(list) == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `holds are due when their time is over, and spent ones are not`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let due = clock.now + .minutes(10)
      var holds: [Hold] = []
      for (index, state) in HoldState.allCases.enumerated() {
        let household = maker.household(of: 1)
        let slot = maker.slot(seats: 4)
        var hold = maker.hold(on: slot, for: household, at: clock.now, until: due)
        hold.state = state
        hold.fence = Int64(index + 1)
        holds.append(hold)
        try await store.write { [hold] tx in
          try household.insert(tx)
          try tx.insert(slot)
          try tx.insert(hold)
        }
      }
      let list: List = { try $0.holdsToExpire(after: nil, limit: 20).items.map(\.id.rawValue) }
      try await expect([holds[0].id], in: list, from: due, store, clock)
      let key = try await store.read { try $0.holdsToExpire(after: nil, limit: 20).items.first }
      #expect(key?.time == due)
      #expect(try await store.read { try $0.holdsToExpire(after: key, limit: 20).items } == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a confirmed appointment is missed after its end and the grace, unless the office closed`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let missed = try await stored(&maker, store, in: .confirmed)
      let closed = try await stored(&maker, store, in: .confirmed)
      _ = try await stored(&maker, store, in: .checkedIn)
      let offer = maker.world.offer
      try await store.write { tx in
        guard var slot = try tx.slot(closed.slot) else { throw StoreError.notFound }
        slot.blockedReason = .security
        slot.revision.advance(at: tx.now)
        try tx.update(slot, from: .first)
      }
      let list: List = {
        try $0.appointmentsMissed(after: nil, limit: 20).items.map(\.id.rawValue)
      }
      // Only after the grace, not at its last instant.
      let grace = missed.end + .minutes(offer.noShowGraceMinutes)
      try await expect([missed.id], in: list, from: grace + .microseconds(1), store, clock)
      try await store.write { tx in
        var longer = offer
        longer.noShowGraceMinutes += 10
        longer.revision.advance(at: tx.now)
        try tx.update(longer, from: .first)
      }
      let later = grace + .minutes(10) + .microseconds(1)
      try await expect([missed.id], in: list, from: later, store, clock)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `referrals are unanswered where somebody is waited for, and overdue once marked`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let due = clock.now + .days(14)
      var waiting: [Referral] = []
      for state in ReferralState.allCases {
        let household = maker.household(of: 1)
        var referral = maker.referral(of: household, state: state)
        referral.dueTime = due
        try await store.write { [referral] tx in
          try household.insert(tx)
          try tx.insert(referral)
        }
        if [.sent, .withdrawalRequested].contains(state) { waiting.append(referral) }
      }
      let list: List = {
        try $0.referralsUnanswered(after: nil, limit: 20).items.map(\.id.rawValue)
      }
      try await expect(waiting.map(\.id).sorted(), in: list, from: due, store, clock)
      let overdue: List = { reader in
        try reader.referralsOverdue(since: reader.now - .days(14), after: nil, limit: 20).items
          .map(\.id.rawValue)
      }
      for var referral in waiting {
        referral.isOverdue = true
        referral.revision.advance(at: clock.now)
        try await store.write { [referral] in try $0.update(referral, from: .first) }
      }
      #expect(try await store.read(list) == [])
      try await expect([waiting[0].id], in: overdue, from: due + .days(14), store, clock)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `active consents are due at their end, and one without an end never is`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let end = clock.now + .days(90)
      var sample = try FullSamples(&maker).consent
      let household = maker.household(of: 1)
      try await store.write { try household.insert($0) }
      var due: [ConsentID] = []
      for (state, expireTime) in ConsentState.allCases.map({ ($0, end) }) + [(.active, nil)] {
        sample.id = ConsentID(using: &maker.random)
        sample.registration = household.registration.id
        sample.person = household.persons[0].id
        sample.state = state
        sample.expireTime = expireTime
        try await store.write { [sample] in try $0.insert(sample) }
        if state == .active, expireTime != nil { due = [sample.id] }
      }
      let list: List = { try $0.consentsToExpire(after: nil, limit: 20).items.map(\.id.rawValue) }
      try await expect(due, in: list, from: end, store, clock)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `drafts are idle from their last change on`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let households = RegistrationState.allCases.map { maker.household(of: 1, state: $0) }
      try await store.write { for household in households { try household.insert($0) } }
      let list: List = { reader in
        try reader.draftsIdle(since: reader.now - .days(30), after: nil, limit: 20).items
          .map(\.id.rawValue)
      }
      guard var draft = households.first(where: { $0.registration.state == .draft })?.registration
      else { throw StoreError.notFound }
      try await expect([draft.id], in: list, from: clock.now + .days(30), store, clock)
      draft.revision.advance(at: clock.now)
      try await store.write { [draft] in try $0.update(draft, from: .first) }
      try await expect([draft.id], in: list, from: clock.now + .days(30), store, clock)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `windows are to be opened when planned, and closed whatever they are`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var windows: [IntakeWindow] = []
      for (number, state) in IntakeWindowState.allCases.enumerated() {
        var window = maker.world.window
        window.id = IntakeWindowID(checked: "gt-pilot-2023/w\(number)")
        window.uid = ResourceUID(using: &maker.random)
        window.openTime = clock.now + .hours(1)
        window.closeTime = clock.now + .days(1)
        window.state = state
        windows.append(window)
        try await store.write { [window] in try $0.insert(window) }
      }
      let opening: List = { try $0.windowsToOpen(after: nil, limit: 9).items.map(\.id.rawValue) }
      let closing: List = { try $0.windowsToClose(after: nil, limit: 9).items.map(\.id.rawValue) }
      let planned = windows.filter { $0.state == .planned }.map(\.id)
      try await expect(planned, in: opening, from: windows[0].openTime, store, clock)
      let open = windows.filter { $0.state != .closed }.map(\.id)
      try await expect(open, in: closing, from: windows[0].closeTime, store, clock)
      #expect(try await store.read(opening) == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a list goes on behind its last key, ties by id`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      var keys: [TimeKey<AppointmentID>] = []
      for number in 0..<5 {
        var offer = try await stored(&maker, store, in: .offered)
        offer.confirmBy = clock.now + .hours(number / 2)
        try await update(offer, store)
        keys.append(TimeKey(clock.now + .hours(number / 2), offer.id))
      }
      clock.advance(by: .hours(3))
      keys.sort { ($0.time, $0.id) < ($1.time, $1.id) }
      var found: [TimeKey<AppointmentID>] = []
      while found.count < 9 {
        let page = try await store.read { [last = found.last] in
          try $0.offersToLapse(after: last, limit: 2)
        }
        found += page.items
        guard page.hasMore else { break }
      }
      #expect(found == keys)
    }
  }

  /// An appointment in a slot of its own, stored.
  private func stored(
    _ maker: inout SampleMaker, _ store: any Store, in state: AppointmentState
  ) async throws -> Appointment {
    let slot = maker.slot(seats: 2)
    let household = maker.household(of: 1)
    let appointment = maker.appointment(in: slot, for: household, state: state)
    try await store.write { tx in
      try tx.insert(slot)
      try household.insert(tx)
      try tx.insert(appointment)
    }
    return appointment
  }

  private func update(_ appointment: Appointment, _ store: any Store) async throws {
    try await store.write { tx in
      let version = try tx.appointment(appointment.id)?.revision.version ?? .first
      var changed = appointment
      changed.revision = Revision(
        version: version.next, createTime: appointment.revision.createTime, updateTime: tx.now)
      try tx.update(changed, from: version)
    }
  }
}
