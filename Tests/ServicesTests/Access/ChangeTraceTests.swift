import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// INV-9: every change counts one version and leaves one status event and an entry in the log.
@Suite("The trace of every change")
struct ChangeTraceTests {
  /// The position behind the feed's last event.
  static func feed(_ world: World, after position: Int64 = 0) async throws -> [SequencedEvent] {
    try await world.store.read { reader in
      var events: [SequencedEvent] = []
      while true {
        let page = try reader.statusEvents(after: events.last?.position ?? position, limit: 500)
        events += page.items
        guard page.hasMore else { return events }
      }
    }
  }

  /// Makes one change and expects one event, by version, and one entry that tells of it.
  static func expectTrace(
    _ world: World, _ kind: AggregateKind, _ type: String, version: Int64, role: Role,
    sourceLocation: SourceLocation = #_sourceLocation, _ change: () async throws -> Void
  ) async throws {
    let last = try await feed(world).last?.position ?? 0
    let audit = try await world.auditCount()
    try await change()
    let events = try await feed(world, after: last).map(\.event)
    #expect(events.map(\.aggregate) == [kind], sourceLocation: sourceLocation)
    #expect(events.map(\.type) == [type], sourceLocation: sourceLocation)
    #expect(events.map(\.version.rawValue) == [version], sourceLocation: sourceLocation)
    #expect(events.map(\.actorClass) == [ActorClass(role)], sourceLocation: sourceLocation)
    #expect(try await world.auditCount() == audit + 1, sourceLocation: sourceLocation)
    let entry = try #require(
      try await world.lastAuditEntries().last, sourceLocation: sourceLocation)
    #expect(entry.verdict == .allow, sourceLocation: sourceLocation)
    #expect(entry.role == role, sourceLocation: sourceLocation)
    #expect(entry.versionAfter?.rawValue == version, sourceLocation: sourceLocation)
    #expect(entry.versionBefore?.rawValue ?? 0 == version - 1, sourceLocation: sourceLocation)
  }

  @Test("programme and windows", arguments: World.StoreKind.allCases)
  func programme(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let program = try await ProgramDeskTests.program(world)
    try await Self.expectTrace(world, .program, "Update", version: 3, role: .programAdmin) {
      _ = try await ProgramDeskTests.update(world, etag: program.etag, mask: nil) {
        $0.displayName = "Piloto"
      }
    }
    var window = SafeMobility.IntakeWindow()
    try await Self.expectTrace(world, .intakeWindow, "Create", version: 1, role: .programAdmin) {
      window = try await IntakeWindowTests.create(world)
    }
    try await Self.expectTrace(world, .intakeWindow, "Open", version: 2, role: .programAdmin) {
      window = try await IntakeWindowTests.open(world, window)
    }
    try await Self.expectTrace(world, .intakeWindow, "Close", version: 3, role: .programAdmin) {
      window = try await IntakeWindowTests.close(world, window)
    }
  }

  @Test("office, service and schedule", arguments: World.StoreKind.allCases)
  func office(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    try await Self.expectTrace(world, .office, "Create", version: 1, role: .programAdmin) {
      _ = try await OfficeDeskTests.create(world)
    }
    var service = SafeMobility.Service()
    try await Self.expectTrace(world, .serviceOffer, "Create", version: 1, role: .scheduler) {
      service = try await ServiceTests.create(world)
    }
    try await Self.expectTrace(world, .serviceOffer, "Update", version: 2, role: .scheduler) {
      service = try await ServiceTests.update(world, service) { $0.partyMax = 3 }
    }
    var schedule = SafeMobility.Schedule()
    try await Self.expectTrace(world, .schedule, "Create", version: 1, role: .scheduler) {
      schedule = try await SlotTests.schedule(world)
    }
    try await Self.expectTrace(world, .schedule, "Update", version: 2, role: .scheduler) {
      let (name, etag) = (schedule.name, schedule.etag)
      _ = try await SlotTests.scheduler(world).offices.updateSchedule(
        .with {
          $0.schedule = .with {
            $0.name = name
            $0.capacity = 3
          }
          $0.etag = etag
          $0.requestId = requestID()
        })
    }
  }

  @Test("what is refused leaves an entry and no event", arguments: World.StoreKind.allCases)
  func refused(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let before = try await Self.feed(world)
    let audit = try await world.auditCount()
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await ProgramDeskTests.start(world.usAdmin, "\"x.1\"")
    }
    #expect(try await Self.feed(world) == before)
    #expect(try await world.auditCount() == audit + 1)
    #expect(try await world.lastAuditEntries().last?.verdict == .deny)
  }

  @Test("loaded data has its events too, each version once")
  func loaded() async throws {
    let world = try await World()
    let events = try await Self.feed(world).map(\.event)
    let versions = Set(events.map { "\($0.aggregate) \($0.uid) \($0.version.rawValue)" })
    #expect(versions.count == events.count)
    #expect(events.filter { $0.aggregate == .office }.count == 6)
  }
}
