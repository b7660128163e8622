import Domain
import PostgresFixture
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import StorageSQL
import Testing

@Suite("BlockSlots")
struct BlockSlotsTests {
  static func hold(
    _ world: World, _ slot: Slot, _ registration: Registration
  ) async throws -> SafeMobility.Hold {
    let answer = try await world.caller("iom/CONTACT_CENTRE").appointments.holdSlot(
      .with {
        $0.slot = slot.resourceName
        $0.registration = "registrations/\(registration.id)"
        $0.seats = Int32(registration.householdCount)
        $0.requestId = requestID()
      })
    return try #require(answer.hold)
  }

  static func book(
    _ world: World, _ hold: SafeMobility.Hold, _ registration: Registration
  ) async throws -> SafeMobility.Appointment {
    let answer = try await world.caller("iom/CONTACT_CENTRE").appointments.bookAppointment(
      .with {
        $0.hold = hold.name
        $0.fence = hold.fence
        $0.attendees = registration.persons.map {
          "registrations/\(registration.id)/persons/\($0)"
        }
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  static func block(
    _ world: World, _ change: (inout SafeMobility.BlockSlotsRequest) -> Void
  ) async throws -> SafeMobility.BlockSlotsResponse {
    var request = SafeMobility.BlockSlotsRequest()
    request.parent = SlotTests.office
    request.reason = .security
    request.requestId = requestID()
    change(&request)
    return try await SlotTests.scheduler(world).offices.blockSlots(request)
  }

  @Test(
    "holds end and appointments are called off by the office, in one change",
    arguments: World.StoreKind.allCases)
  func blocks(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let slot = try await world.slot()
    let held = try await world.household(in: .invited, seed: 1).registration
    let booked = try await world.household(in: .invited, seed: 2).registration
    let hold = try await Self.hold(world, slot, held)
    let appointment = try await Self.book(world, Self.hold(world, slot, booked), booked)
    let answer = try await Self.block(world) { $0.slots = [slot.resourceName] }
    #expect(answer.blockedSlots == 1)
    #expect(answer.releasedHolds == 1)
    #expect(answer.cancelledAppointments == 1)
    let after = try #require(
      try await world.caller("iom/CONTACT_CENTRE").appointments.getAppointment(
        .with { $0.name = appointment.name }
      ).appointment)
    #expect(after.state == .cancelled)
    #expect(after.cancellation?.party == .office)
    #expect(after.cancellation?.reason == .security)
    let listed = try await SlotTests.slots(world)
    #expect(listed.map(\.blockReason) == [.security])
    #expect(listed.map(\.freeSeats) == [10])
    #expect(try await SlotTests.slots(world) { $0.minFreeSeats = 1 }.isEmpty)
    #expect(
      try await world.events(of: .hold, hold.uid).map(\.type) == ["HoldSlot", "ReleaseHold"])
    await expectRefusal("SLOT_BLOCKED", .failedPrecondition) {
      _ = try await Self.hold(world, slot, held)
    }
  }

  @Test(
    "each case that closing a slot touches has its own entry in the log, beside the call's",
    arguments: World.StoreKind.allCases)
  func entries(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    // One slot is over, and its household has not come; in the other one holds seats, and one has booked.
    let (past, slot) = (try await world.slot(), try await world.slot(in: .days(2)))
    let cases = [
      try await world.household(in: .invited, seed: 1).registration,
      try await world.household(in: .invited, seed: 2).registration,
      try await world.household(in: .invited, seed: 3).registration,
    ]
    _ = try await Self.book(world, Self.hold(world, past, cases[0]), cases[0])
    _ = try await Self.book(world, Self.hold(world, slot, cases[1]), cases[1])
    world.clock.set(past.end + .hours(1))
    #expect(try await world.desk.endWhatIsDue().moveCount == 1)
    _ = try await Self.hold(world, slot, cases[2])
    let count = try await world.auditCount()
    _ = try await Self.block(world) { $0.slots = [past, slot].map(\.resourceName) }
    let entries = try await world.lastAuditEntries(Int(try await world.auditCount() - count))
    #expect(entries.count == 4)
    #expect(entries.allSatisfy { $0.method.hasSuffix("/BlockSlots") && $0.verdict == .allow })
    #expect(entries.allSatisfy { $0.role == .scheduler })
    func moved(_ id: RegistrationID) -> [Int]? {
      let own = entries.filter { $0.subject?.registration == id }
      guard let entry = own.first, own.count == 1 else { return nil }
      #expect(entry.casePseudonym != nil)
      return [entry.stateBefore, entry.stateAfter].compactMap(\.self)
    }
    #expect(
      moved(cases[0].id)
        == [AppointmentState.noShow, .excused].map(\.rawValue))
    #expect(
      moved(cases[1].id)
        == [AppointmentState.confirmed, .cancelled].map(\.rawValue))
    #expect(moved(cases[2].id) == [HoldState.active, .released].map(\.rawValue))
    #expect(Set(entries.compactMap(\.casePseudonym)).count == 3)
    #expect(entries.count { $0.subject == nil } == 1)
  }

  @Test(
    "a visit that has begun keeps no office from closing, and goes on (INV-13)",
    arguments: World.StoreKind.allCases)
  func begun(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let world = visit.world
    let arrived = try await world.household(in: .invited, seed: 2).registration
    let expected = try await world.household(in: .invited, seed: 3).registration
    let waiting = try await Self.book(world, Self.hold(world, visit.slot, arrived), arrived)
    let coming = try await Self.book(world, Self.hold(world, visit.slot, expected), expected)
    let booked = try await visit.booked()
    world.clock.set(visit.slot.start)
    let checkedIn = try await visit.checkIn(waiting)
    let started = try await visit.started(try await visit.checkIn(booked))
    let answer = try await Self.block(world) { $0.slots = [visit.slot.resourceName] }
    #expect(answer.blockedSlots == 1)
    #expect(answer.cancelledAppointments == 1)
    func state(_ name: String) async throws -> SafeMobility.AppointmentState? {
      try await visit.scheduler.getAppointment(.with { $0.name = name }).appointment?.state
    }
    #expect(try await state(coming.name) == .cancelled)
    #expect(try await state(checkedIn.name) == .checkedIn)
    #expect(try await state(started.name) == .inProgress)
    // Their seats stay theirs, and so does the visit.
    #expect(
      try await visit.freeSeats() == 10 - arrived.householdCount - visit.registration.householdCount
    )
    #expect(try await visit.started(checkedIn).state == .inProgress)
    #expect(try await visit.completed(started, [.present, .present]).state == .fulfilled)
  }

  /// Which of the laws about no-shows the store breaks; none of a store in memory, which has no laws.
  private static func breaches(in world: World) async throws -> [String] {
    let laws = Law.all.filter { $0.name.hasPrefix("INV-13") }
    if let store = world.store as? SQLStore { return try await store.breaches(of: laws) }
    return try await (world.store as? SettledStore)?.breaches(of: laws) ?? []
  }

  @Test(
    "who is a no-show at an office that turns out to have been closed is excused, with its rank (INV-13)",
    arguments: World.StoreKind.allCases)
  func closedAfterwards(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let (visit, world) = (scene.visit, scene.world)
    let booked = try await visit.booked()
    world.clock.set(visit.slot.end + .hours(1))
    #expect(try await world.desk.endWhatIsDue().moveCount == 1)
    let last = try #require(try await scene.open(visit.registration))
    #expect(last.rankTime == world.clock.now)
    world.clock.advance(by: .minutes(30))
    let answer = try await Self.block(world) {
      $0.slots = [visit.slot.resourceName]
      $0.reason = .officeClosed
    }
    #expect(answer.blockedSlots == 1)
    #expect(answer.cancelledAppointments == 0)
    let after = try await visit.scheduler.getAppointment(.with { $0.name = booked.name })
    #expect(after.appointment?.state == .excused)
    let events = try await world.events(of: .appointment, booked.uid)
    #expect(events.map(\.type) == ["Book", "MarkNoShow", "ExcuseNoShow"])
    #expect(events.last?.actorClass == .system)
    let back = try #require(try await scene.open(visit.registration))
    #expect(back.id == last.id)
    #expect(back.rankTime == visit.registration.queueRankTime)
    #expect(try await visit.freeSeats() == 2)
    #expect(try await Self.breaches(in: world) == [])
  }

  @Test(
    "a no-show in a closed slot breaks a law of the store (INV-13)",
    arguments: [World.StoreKind.sqlite, .postgres])
  func law(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    _ = try await visit.booked()
    visit.world.clock.set(visit.slot.end + .hours(1))
    #expect(try await visit.world.desk.endWhatIsDue().moveCount == 1)
    #expect(try await Self.breaches(in: visit.world) == [])
    // Past the call that would have excused it.
    try await visit.world.store.write { [id = visit.slot.id] tx in
      var slot = try #require(try tx.slot(id))
      let version = slot.revision.version
      slot.blockedReason = .officeClosed
      slot.revision.advance(at: tx.now)
      try tx.update(slot, from: version)
    }
    #expect(try await Self.breaches(in: visit.world).count == 1)
  }

  @Test("a time closes every slot that starts in it, once")
  func time() async throws {
    let world = try await World()
    for hour in [1, 2, 3] { _ = try await world.slot(in: .hours(hour)) }
    let start = World.opening.microseconds / 1_000_000
    for expected: Int32 in [2, 0] {
      let answer = try await Self.block(world) {
        $0.startTime = .with { $0.seconds = start + 2 * 3_600 }
        $0.endTime = .with { $0.seconds = start + 4 * 3_600 }
      }
      #expect(answer.blockedSlots == expected)
    }
  }

  @Test("slots or a time must be given, and not both")
  func wrong() async throws {
    let world = try await World()
    let slot = try await world.slot()
    let elsewhere = try await world.slot("gt-gua-01/interview")
    for (slots, isTimeGiven) in [
      ([], false), ([slot.resourceName], true), ([elsewhere.resourceName], false),
    ] {
      await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await Self.block(world) {
          $0.slots = slots
          if isTimeGiven { $0.startTime = .with { $0.seconds = 1 } }
        }
      }
    }
  }
}
