import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Watching slots", .timeLimit(.minutes(1)))
struct SlotWatchTests {
  typealias Stream = WatchedCall<SafeMobility.WatchSlotsResponse>

  private func watch(_ watched: KindCase, service: String = "") async throws -> Stream {
    let list = try await watched.watcher.offices.listSlots(
      .with {
        $0.parent = KindCase.office
        $0.service = service
      })
    let stream = try Stream(
      watched.world.router, watched.watcher, watched.method,
      SafeMobility.WatchSlotsRequest.with {
        $0.parent = KindCase.office
        $0.service = service
        $0.resumeToken = list.resumeToken
      })
    await stream.begun()
    return stream
  }

  private func hold(_ visit: Visit) async throws -> SafeMobility.Hold {
    try #require(
      try await visit.agent.holdSlot(
        .with {
          $0.slot = visit.slot.resourceName
          $0.registration = visit.name
          $0.seats = Int32(visit.persons.count)
          $0.requestId = requestID()
        }
      ).hold)
  }

  @Test(
    "every way in which seats are taken or come free is told, and a booking of held ones is none",
    arguments: World.StoreKind.allCases)
  func seats(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.slots, kind)
    let (visit, world) = (watched.visit, watched.world)
    let stream = try await watch(watched)
    func expect(
      _ free: Int32, in slot: Slot? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let event = try await stream.change()
      let name = (slot ?? visit.slot).resourceName
      #expect(event.status?.resource == name, sourceLocation: sourceLocation)
      #expect(event.status?.type == .updated, sourceLocation: sourceLocation)
      #expect(event.status?.version == 1, sourceLocation: sourceLocation)
      #expect(event.status?.state == "", sourceLocation: sourceLocation)
      #expect(event.slot?.freeSeats == free, sourceLocation: sourceLocation)
      // Neither who did it nor the event of the hold or appointment.
      #expect(event.status?.actorClass == .unspecified, sourceLocation: sourceLocation)
      let feed = try await ChangeTraceTests.feed(world).map(\.event.id.rawValue)
      #expect(!feed.contains(event.status?.uid ?? ""), sourceLocation: sourceLocation)
      let read = try await watched.watcher.offices.listSlots(.with { $0.parent = KindCase.office })
      #expect(
        read.slots.first { $0.name == name } == event.slot, sourceLocation: sourceLocation)
    }
    let held = try await hold(visit)
    try await expect(8)
    _ = try await visit.agent.releaseHold(
      .with {
        $0.name = held.name
        $0.etag = held.etag
        $0.requestId = requestID()
      })
    try await expect(10)
    _ = try await hold(visit)
    try await expect(8)
    // Nobody does it, but the timer writes it down.
    world.clock.advance(by: .minutes(10))
    _ = try await world.desk.endWhatIsDue()
    try await expect(10)
    let booked = try await visit.booked()
    try await expect(8)
    // The seats of the hold are the appointment's now, of which nothing is told.
    let other = try await world.slot(in: .days(2))
    let moved = try await visit.rescheduled(booked, to: other)
    try await expect(10)
    try await expect(8, in: other)
    _ = try await visit.cancelled(try #require(moved.appointment), by: visit.scheduler)
    try await expect(10, in: other)
    let offered = try await visit.offered(in: other)
    try await expect(8, in: other)
    world.clock.advance(by: .hours(23))
    _ = try await world.desk.endWhatIsDue()
    try await expect(10, in: other)
    #expect(offered.seats == 2)
  }

  @Test("a slot that is made is told as new, and a blocked one with its reason")
  func made() async throws {
    let watched = try await KindCase(.slots)
    let stream = try await watch(watched)
    let slot = watched.visit.slot
    func block(_ slot: String) async throws {
      let response = try await watched.watcher.offices.blockSlots(
        .with {
          $0.parent = KindCase.office
          $0.slots = [slot]
          $0.reason = .staff
          $0.requestId = requestID()
        })
      #expect(response.blockedSlots == 1)
    }
    try await block(slot.resourceName)
    let blocked = try await stream.change()
    #expect(blocked.status?.type == .updated)
    #expect(blocked.status?.version == 2)
    #expect(blocked.status?.actorClass == .staff)
    #expect(blocked.slot?.blockReason == .staff)
    try await watched.world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      var new = slot
      new.id = SlotID(using: &random)
      new.revision = Revision(createdAt: tx.now)
      try tx.insert(new)
      try tx.append(
        StatusEvent(
          id: StatusEventID(using: &random), aggregate: .slot, uid: new.id.rawValue,
          version: .first, type: "Create", stateAfter: 0, actorClass: .staff, time: tx.now))
    }
    let created = try await stream.change()
    #expect(created.status?.type == .created)
    #expect(created.slot?.freeSeats == 10)
  }

  @Test("only the office and the service asked for are told")
  func narrowed() async throws {
    let watched = try await KindCase(.slots)
    let stream = try await watch(watched, service: "\(KindCase.office)/services/interview")
    let elsewhere = try await watch(
      watched, service: "\(KindCase.office)/services/counselling")
    let away = try await watched.world.slot("gt-gua-01/interview", in: .days(2))
    let there = try await watched.visit.offered(in: away)
    _ = try await watched.visit.cancelled(there, by: watched.visit.scheduler)
    try await watched.cycle()
    let event = try await stream.change()
    #expect(event.eventNo == 1)
    #expect(event.status?.resource == watched.visit.slot.resourceName)
    let advice = try await watched.world.slot("gt-xel-01/counselling", in: .days(3))
    _ = try await watched.visit.offered(in: advice)
    let told = try await elsewhere.change()
    #expect(told.eventNo == 1)
    #expect(told.status?.resource == advice.resourceName)
  }

  @Test("a slot that has begun is taken back where it was told of, and told of no more")
  func begun() async throws {
    let watched = try await KindCase(.slots) { $0.bookmarkInterval = .milliseconds(100) }
    let stream = try await watched.watch()
    _ = try await watched.visit.offered()
    #expect(try await stream.events(1).first?.change.type == .updated)
    watched.world.clock.set(watched.visit.slot.start)
    let token = try await watched.token()
    let other = try await watched.watch(from: token)
    // The seats of the offer come free, at a time that nobody can book any more.
    #expect(try await watched.world.desk.endWhatIsDue().moveCount == 1)
    let removed = try #require(try await stream.events(1).first)
    #expect(removed.change.type == .removed)
    #expect(removed.change.resource == watched.visit.slot.resourceName)
    #expect(!removed.change.isWhole)
    for _ in 0..<2 { #expect(try await other.next()?.item == .bookmark) }
  }

  @Test("an office that there is not is denied")
  func noOffice() async throws {
    let watched = try await KindCase(.slots)
    let stream = try Stream(
      watched.world.router, watched.watcher, watched.method,
      SafeMobility.WatchSlotsRequest.with {
        $0.parent = "offices/gt-none-01"
        $0.resumeToken = "00"
      })
    await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await stream.next() }
  }
}
