import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Appointments and the clock")
struct AppointmentTimerTests {
  private func stored(
    _ appointment: SafeMobility.Appointment, in world: World
  ) async throws -> Appointment {
    let id = try #require(AppointmentID(rawValue: appointment.uid))
    let found = try await world.store.read { try $0.appointment(id) }
    return try #require(found)
  }

  @Test(
    "an offer lapses at the instant its time to confirm is over, and its seats are free",
    arguments: World.StoreKind.allCases)
  func lapse(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let offered = try await visit.offered()
    #expect(try await visit.freeSeats() == 8)
    let confirmBy = try #require(try await stored(offered, in: visit.world).confirmBy)
    let entry = try await visit.world.expectMove(
      "LapseAppointment", "Lapse", of: .appointment, offered.uid, at: confirmBy)
    #expect(entry.casePseudonym != nil)
    #expect(entry.purpose == .processing)
    #expect(try await stored(offered, in: visit.world).state == .lapsed)
    #expect(try await visit.freeSeats() == 10)
    // Its place is free too: the household can be offered another.
    let later = try await visit.world.slot(in: .days(2))
    #expect(try await visit.offered(in: later).state == .offered)
  }

  @Test(
    "a hold whose time has passed is written down as expired, and its seats are free",
    arguments: World.StoreKind.allCases)
  func expiredHold(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let hold = try #require(
      try await visit.agent.holdSlot(
        .with {
          $0.slot = visit.slot.resourceName
          $0.registration = visit.name
          $0.seats = Int32(visit.persons.count)
          $0.requestId = requestID()
        }
      ).hold)
    #expect(try await visit.freeSeats() == 8)
    let id = try #require(HoldID(rawValue: hold.uid))
    let expiry = try #require(
      try await visit.world.store.read { try $0.hold(id)?.expireTime })
    let entry = try await visit.world.expectMove(
      "ExpireHold", "Expire", of: .hold, hold.uid, at: expiry)
    #expect(entry.casePseudonym != nil)
    #expect(try await visit.freeSeats() == 10)
    #expect(try await visit.world.store.read { try $0.hold(id)?.state } == .expired)
    // What others have claimed since is theirs.
    let booked = try await visit.booked()
    #expect(booked.seats == 2)
    #expect(try await visit.freeSeats() == 8)
  }

  @Test(
    "a hold that has expired gives back no seat that somebody has claimed since",
    arguments: World.StoreKind.allCases)
  func reclaimedHold(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind, seats: 2)
    func hold(_ registration: Registration) async throws -> SafeMobility.Hold {
      try #require(
        try await visit.agent.holdSlot(
          .with {
            $0.slot = visit.slot.resourceName
            $0.registration = "registrations/\(registration.id)"
            $0.seats = Int32(registration.householdCount)
            $0.requestId = requestID()
          }
        ).hold)
    }
    _ = try await hold(visit.registration)
    visit.world.clock.advance(by: .minutes(10))
    let other = try await visit.world.household(.couple, in: .invited, seed: 2).registration
    let second = try await hold(other)
    #expect(try await visit.world.lookAtTheClock().moveCount == 1)
    #expect(try await visit.freeSeats() == 0)
    let booked = try await visit.agent.bookAppointment(
      .with {
        $0.hold = second.name
        $0.fence = second.fence
        $0.attendees = other.persons.map { "registrations/\(other.id)/persons/\($0)" }
        $0.requestId = requestID()
      })
    #expect(booked.appointment?.state == .confirmed)
  }

  @Test(
    "who has not come when the grace is over is a no-show, and the seats are free",
    arguments: World.StoreKind.allCases)
  func noShow(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    let id = visit.slot.service
    let found = try await visit.world.store.read { try $0.serviceOffer(id) }
    let service = try #require(found)
    let instant =
      visit.slot.end + .minutes(service.noShowGraceMinutes) + .microseconds(1)
    let entry = try await visit.world.expectMove(
      "MarkNoShow", "MarkNoShow", of: .appointment, booked.uid, at: instant)
    #expect(entry.casePseudonym != nil)
    let missed = try await stored(booked, in: visit.world)
    #expect(missed.state == .noShow)
    #expect(missed.noShowTime == instant)
    #expect(try await visit.freeSeats() == 10)
  }

  @Test("who is at the desk is no no-show, however long it takes")
  func present() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    visit.world.clock.set(visit.slot.start)
    let arrived = try await visit.checkIn(booked)
    visit.world.clock.advance(by: .days(2))
    try await visit.world.expectNothing()
    #expect(try await stored(arrived, in: visit.world).state == .checkedIn)
  }

  @Test(
    "nobody is a no-show at an office that was closed (INV-13)",
    arguments: World.StoreKind.allCases)
  func officeClosed(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    // Blocking calls off what it finds, so put the block beside an appointment that stayed.
    try await visit.world.store.write { [visit] tx in
      var slot = try #require(try tx.slot(visit.slot.id))
      let version = slot.revision.version
      slot.blockedReason = .officeClosed
      slot.revision.advance(at: tx.now)
      try tx.update(slot, from: version)
    }
    visit.world.clock.advance(by: .days(9))
    try await visit.world.expectNothing()
    #expect(try await stored(booked, in: visit.world).state == .confirmed)
  }

  @Test(
    "nobody is a no-show on a day that its schedule leaves out: the office calls the visit off (INV-13)",
    arguments: World.StoreKind.allCases)
  func dayLeftOut(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let slot = try await planned(in: visit)
    let booked = try #require(try await confirmed(try await visit.offered(in: slot), in: visit))
    // The holiday is put into the plan after the slot was made and booked.
    try await visit.world.store.write { tx in
      var schedule = try #require(try slot.schedule.flatMap { try tx.schedule($0) })
      let version = schedule.revision.version
      schedule.exceptDates = [slot.zone.local(slot.start).date]
      schedule.revision.advance(at: tx.now)
      try tx.update(schedule, from: version)
    }
    visit.world.clock.set(slot.end + .hours(2))
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await visit.frontDesk.markNoShow(
        .with { ($0.name, $0.etag, $0.requestId) = (booked.name, booked.etag, requestID()) })
    }
    #expect(try await visit.world.lookAtTheClock().moveCount == 1)
    let ended = try await stored(booked, in: visit.world)
    #expect(ended.state == .cancelled)
    #expect(ended.cancellation?.party == .office)
    #expect(ended.cancellation?.reason == .officeClosed)
    let id = visit.registration.id
    let waiting = try await visit.world.store.read {
      try $0.openWaitlistEntry(of: id, for: .interview)
    }
    #expect(waiting?.rankTime == visit.registration.queueRankTime)
  }

  /// A slot that a schedule has made.
  private func planned(in visit: Visit) async throws -> Slot {
    try await visit.world.store.write { [visit] tx in
      var random = SystemRandomNumberGenerator()
      var slot = visit.slot
      (slot.id, slot.fence) = (SlotID(using: &random), 0)
      let schedule = Schedule(
        id: ScheduleID(checked: "gt-xel-01/weekdays"), uid: ResourceUID(using: &random),
        service: slot.service, zone: slot.zone, firstDate: slot.zone.local(slot.start).date,
        startMinuteOfDay: 600, recurrence: "FREQ=DAILY;COUNT=5", capacitySeats: 10,
        revision: Revision(createdAt: tx.now))
      try tx.insert(schedule)
      slot.schedule = schedule.id
      try tx.insert(slot)
      return slot
    }
  }

  private func confirmed(
    _ offer: SafeMobility.Appointment, in visit: Visit
  ) async throws -> SafeMobility.Appointment? {
    try await visit.agent.confirmAppointment(
      .with { ($0.name, $0.etag, $0.requestId) = (offer.name, offer.etag, requestID()) }
    ).appointment
  }

  @Test("what was confirmed in time does not lapse")
  func confirmed() async throws {
    let visit = try await Visit()
    let offered = try await visit.offered()
    _ = try await confirmed(offered, in: visit)
    let confirmBy = try #require(try await stored(offered, in: visit.world).confirmBy)
    visit.world.clock.set(confirmBy)
    try await visit.world.expectNothing()
  }
}
