import Domain
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Synchronization
import Testing

@Suite(.serialized) struct StoreCopyTests {
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })

  /// A SQLite store with the sample world, a few hundred households, events and log entries.
  private func filled(_ path: String, households: Int = 300) async throws -> SQLStore {
    let store = try SQLStore.open(sqlite: path, environment: Self.environment)
    let world = try StoredWorld()
    var maker = SampleMaker(world, seed: 3)
    var slots = (0..<3).map { _ in maker.slot(seats: 40) }
    for index in slots.indices {
      slots[index].reservedShares = [ReservedShare(kind: .vulnerability, seats: 3)]
    }
    let made = (0..<households).map { _ in maker.household(of: 2) }
    let events = (0..<20).map { maker.event(.hold, uid: "h\($0)") }
    let keys = try made.map { _ in [try maker.digest(), try maker.digest()] }
    let candidates = zip(made, made.dropFirst()).map { one, other in
      maker.candidate(of: one.persons[0], and: other.persons[1])
    }
    let found = candidates.map { maker.event(.duplicateCandidate, uid: $0.id.rawValue, state: 1) }
    let entries = try made.prefix(20).map { household in
      var entry = try maker.entry(at: StoredWorld.opening)
      entry.subject = AuditSubject(registration: household.registration.id, referral: nil)
      return entry
    }
    let wish = maker.waitlistEntry(of: made[0], at: [world.office.id], notice: .hours(1))
    let joined = maker.event(.waitlistEntry, uid: wish.id.rawValue, state: 1)
    let referral = maker.referral(of: made[0], state: .decided)
    let sent = maker.event(
      .referral, uid: referral.id.rawValue, state: referral.state.rawValue)
    let decision = Decision(
      id: DecisionID(using: &maker.random), referral: referral.id, number: 1,
      authority: world.receiver.id, kind: .approved, date: world.program.pilotStart,
      createTime: StoredWorld.opening)
    try await store.write { [slots] tx in
      try world.seed(tx)
      for slot in slots { try tx.insert(slot) }
      for household in made {
        try household.insert(tx)
        try tx.append(Self.creation(of: household.registration))
      }
      for (household, keys) in zip(made, keys) {
        try tx.setMatchKeys(keys, of: household.persons[0].id)
      }
      for candidate in candidates { try tx.insert(candidate) }
      try tx.insert(wish)
      try tx.insert(referral)
      try tx.insert(decision)
      for event in events + found + [joined, sent] { try tx.append(event) }
      for entry in entries {
        try tx.append(entry, digest: Self.environment.hash(entry.canonicalBytes))
      }
    }
    return store
  }

  private static func creation(of registration: Registration) -> StatusEvent {
    StatusEvent(
      id: StatusEventID(checked: "created-\(registration.id)"), aggregate: .registration,
      uid: registration.id.rawValue, version: registration.revision.version, type: "Create",
      stateAfter: 1, actorClass: .system, time: StoredWorld.opening)
  }

  @Test func `a store goes to PostgreSQL and back, and is the same`() async throws {
    let (here, back) = (try TemporaryDatabase(), try TemporaryDatabase())
    let target = try PostgresServer.shared.get().makeDatabase()
    let source = try await filled(here.path)
    let middle = try SQLStore.copying(postgres: target, environment: Self.environment)
    let there = try await StoreCopy(from: source, to: middle).run { _ in }
    let last = try SQLStore.copying(sqlite: back.path, environment: Self.environment)
    #expect(try await StoreCopy(from: middle, to: last).run { _ in } == there)
    #expect(there > 1_000)
    for store in [source, middle, last] { #expect(try await store.check() == []) }
    let feed = try await source.read { try $0.statusEvents(after: 0, limit: 100) }
    #expect(try await last.read { try $0.statusEvents(after: 0, limit: 100) } == feed)
    // What a later step has added to a table goes along, too.
    let log = try await source.read { try $0.auditEntries(from: 0, limit: 100).items }
    #expect(log.count == 20 && log.allSatisfy { $0.entry.subject != nil })
    #expect(try await last.read { try $0.auditEntries(from: 0, limit: 100).items } == log)
    try await Self.expectLaterColumns(in: [source, middle, last])
    for store in [source, middle, last] { try await store.close() }
    // With its key it is served like any other.
    let served = try SQLStore.open(postgres: target, environment: Self.environment)
    #expect(try await served.read { try $0.programs() }.count == 1)
    try await served.close()
    try PostgresServer.shared.get().drop(target)
  }

  /// Expects what columns hold that a later step of the schema has added, or taken from a table.
  private static func expectLaterColumns(in stores: [SQLStore]) async throws {
    let office = try StoredWorld().office.id
    let decisions = try await stores[0].read(Self.decisions)
    #expect(decisions.map(\.kind) == [.approved])
    for store in stores {
      #expect(try await store.read(Self.decisions) == decisions)
      let slots = try await store.read {
        try $0.slots(
          SlotFilter(office: office, starts: .earliest ..< .latest), after: nil, limit: 10
        ).items
      }
      #expect(slots.map(\.freeSeats) == [37, 37, 37])
      let counts = try await store.read { reader in
        try [(2, 1), (1, 1), (2, 0)].map { count, hours in
          let seats = FreedSeats(
            office: office, kind: .interview, count: count, notice: .hours(hours))
          return try reader.waiting(for: seats, after: nil, limit: 10).items.count
        }
      }
      #expect(counts == [1, 0, 0])
    }
  }

  @Sendable private static func decisions(_ reader: any StoreReader) throws -> [Decision] {
    try reader.referrals(ReferralFilter(), after: nil, limit: 10).items
      .flatMap { try reader.decisions(of: $0.id) }
  }

  @Test func `one that was stopped goes on behind what there is`() async throws {
    let (here, there) = (try TemporaryDatabase(), try TemporaryDatabase())
    let source = try await filled(here.path)
    let target = try SQLStore.copying(sqlite: there.path, environment: Self.environment)
    let copy = StoreCopy(from: source, to: target)
    // Rows of the first tables, as a run leaves them that was killed in the middle of one.
    let seats = try await source.read { try $0.programs() }
    #expect(seats.count == 1)
    let stopped = Task {
      try await copy.run { progress in
        // SAFETY: the task is this one, and alive.
        if progress.table == "person" { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await stopped.value }
    let first = Mutex<StoreCopy.Progress?>(nil)
    let count = try await copy.run { progress in
      first.withLock { if $0 == nil, progress.table == "registration" { $0 = progress } }
    }
    // What was there is counted at once, and not copied again.
    #expect(first.withLock { $0?.copiedCount ?? 0 } >= 300)
    #expect(count > 1_000)
    #expect(try await target.check() == [])
    try await source.close()
    try await target.close()
  }

  @Test func `a copy that is not the same is told, and where`() async throws {
    let (here, there) = (try TemporaryDatabase(), try TemporaryDatabase())
    let source = try await filled(here.path, households: 3)
    let target = try SQLStore.copying(sqlite: there.path, environment: Self.environment)
    let copy = StoreCopy(from: source, to: target)
    _ = try await copy.run { _ in }
    let world = try StoredWorld()
    try await source.write { tx in
      var program = world.program
      program.revision.advance(at: StoredWorld.opening)
      try tx.update(program, from: world.program.revision.version)
    }
    let error = await #expect(throws: StoreError.self) { _ = try await copy.run { _ in } }
    #expect(
      error?.description.contains("differs in program") == true, "\(String(describing: error))")
    try await source.close()
    try await target.close()
  }
}
