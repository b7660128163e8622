import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// The life of an appointment, by calls (domain § 5.2).
@Suite("Appointments")
struct AppointmentDeskTests {
  @Test(
    "the day: checked in, begun, completed; the registration is INTERVIEWED in the same instant",
    arguments: World.StoreKind.allCases)
  func day(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    visit.world.clock.set(visit.slot.start + .minutes(-90))
    let checkedIn = try await visit.checkIn(booked)
    #expect(checkedIn.state == .checkedIn)
    let started = try await visit.started(checkedIn)
    #expect(started.state == .inProgress)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await visit.completed(started, [.absent, .absent])
    }
    let done = try await visit.completed(started, [.present, .absent])
    #expect(done.state == .fulfilled)
    #expect(done.attendees.map(\.attendance) == [.present, .absent])
    let id = visit.registration.id
    let registration = try await visit.world.store.read { try $0.registration(id) }
    #expect(registration?.state == .interviewed)
    #expect(registration?.revision.updateTime == visit.world.clock.now)
  }

  @Test(
    "interviews at two offices are both completed, and the first makes the registration INTERVIEWED",
    arguments: World.StoreKind.allCases)
  func twoInterviews(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let (world, id) = (visit.world, visit.registration.id)
    let elsewhere = try await world.slot("gt-gua-01/interview", in: .days(2))
    let booked = [try await visit.booked(), try await visit.offered(in: elsewhere)]
    let confirmed = try await visit.agent.confirmAppointment(
      .with { ($0.name, $0.etag, $0.requestId) = (booked[1].name, booked[1].etag, requestID()) })
    var registrations: [Registration?] = []
    for (slot, visited) in zip(
      [visit.slot, elsewhere], [booked[0], try #require(confirmed.appointment)])
    {
      world.clock.set(slot.start)
      let begun = try await visit.started(try await visit.checkIn(visited))
      let done = try await visit.completed(begun, [.present, .present])
      #expect(done.state == .fulfilled)
      registrations.append(try await world.store.read { try $0.registration(id) })
    }
    #expect(registrations[0]?.state == .interviewed)
    #expect(registrations[1] == registrations[0])
    let events = try await world.events(of: .registration, id.rawValue).map(\.type)
    #expect(events.count { $0 == Registration.Event.interviewFulfilled.rawValue } == 1)
  }

  @Test("check-in takes the visit code, from ninety minutes before to the end")
  func checkInWindow() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    let (start, end) = (visit.slot.start, visit.slot.end)
    visit.world.clock.set(start + .minutes(-90) + .seconds(-1))
    await expectRefusal("CHECK_IN_WINDOW", .failedPrecondition) {
      _ = try await visit.checkIn(booked)
    }
    visit.world.clock.set(end + .seconds(1))
    await expectRefusal("CHECK_IN_WINDOW", .failedPrecondition) {
      _ = try await visit.checkIn(booked)
    }
    visit.world.clock.set(end)
    let wrong = try await Visit().booked().visitCode
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      var mistyped = booked
      mistyped.visitCode = wrong
      _ = try await visit.checkIn(mistyped)
    }
    #expect(try await visit.checkIn(booked).state == .checkedIn)
  }

  @Test("a front desk reaches the appointments of its own offices, on the day")
  func frontDesk() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    func listed(_ desk: String) async throws -> [String] {
      try await visit.client(desk).listAppointments(.init()).appointments.map(\.name)
    }
    // The day before.
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await visit.frontDesk.getAppointment(.with { $0.name = booked.name })
    }
    #expect(try await listed("iom/FRONT_DESK") == [])
    #expect(try await listed("iom/SCHEDULER") == [booked.name])
    visit.world.clock.set(visit.slot.start + .minutes(-30))
    #expect(try await listed("iom/FRONT_DESK") == [booked.name])
    #expect(try await listed("unhcr/FRONT_DESK") == [])
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await visit.checkIn(booked, at: "unhcr/FRONT_DESK")
    }
    #expect(try await visit.checkIn(booked).state == .checkedIn)
    visit.world.clock.advance(by: .days(1))
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await visit.frontDesk.getAppointment(.with { $0.name = booked.name })
    }
  }

  @Test("a list is narrowed by state, service and slot")
  func filter() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    let other = try await visit.world.slot(in: .days(2))
    func count(_ filter: String) async throws -> Int {
      try await visit.scheduler.listAppointments(.with { $0.filter = filter }).appointments.count
    }
    let service = "service = offices/gt-xel-01/services/interview"
    #expect(try await count("state = CONFIRMED AND \(service)") == 1)
    #expect(try await count("state = CANCELLED AND \(service)") == 0)
    #expect(try await count("slot = \(booked.slot)") == 1)
    #expect(try await count("slot = \(other.resourceName)") == 0)
    for wrong in ["slot = here", "start_time = now", "state < CONFIRMED"] {
      await expectRefusal("FIELD_INVALID", .invalidArgument) { _ = try await count(wrong) }
    }
  }

  @Test(
    "either side calls off, and the seats are free again",
    arguments: [
      ("iom/CONTACT_CENTRE", SafeMobility.CancelParty.applicant),
      ("iom/SCHEDULER", .office), ("iom/SUPERVISOR", .office),
    ])
  func cancel(identity: String, party: SafeMobility.CancelParty) async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    #expect(try await visit.freeSeats() == 8)
    let cancelled = try await visit.cancelled(booked, by: visit.client(identity))
    #expect(cancelled.state == .cancelled)
    #expect(cancelled.cancellation?.party == party)
    #expect(try await visit.freeSeats() == 10)
    #expect(try await visit.booked().state == .confirmed)
  }

  @Test("a supervisor strikes out what is live, and its seats are free")
  func void() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    let voided = try await visit.supervisor.voidAppointment(
      .with {
        $0.name = booked.name
        $0.etag = booked.etag
        $0.requestId = requestID()
      }
    ).appointment
    #expect(voided?.state == .voided)
    #expect(try await visit.freeSeats() == 10)
  }

  @Test("who did not come is a no-show after the grace, and can be excused")
  func noShow() async throws {
    let visit = try await Visit()
    let booked = try await visit.booked()
    func mark() async throws -> SafeMobility.Appointment? {
      try await visit.frontDesk.markNoShow(
        .with {
          $0.name = booked.name
          $0.etag = booked.etag
          $0.requestId = requestID()
        }
      ).appointment
    }
    visit.world.clock.set(visit.slot.end)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) { _ = try await mark() }
    visit.world.clock.advance(by: .hours(2))
    let marked = try #require(try await mark())
    #expect(marked.state == .noShow)
    let excused = try await visit.supervisor.excuseNoShow(
      .with {
        $0.name = marked.name
        $0.reason = .illness
        $0.etag = marked.etag
        $0.requestId = requestID()
      }
    ).appointment
    #expect(excused?.state == .excused)
  }
}
