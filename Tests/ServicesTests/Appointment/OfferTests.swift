import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Seats that are taken without a hold: offers, and the new half of a reschedule (domain § 5.2, § 9).
@Suite("Offers and reschedules")
struct OfferTests {
  @Test(
    "an offer claims seats, shows no address, and is confirmed before its time is over",
    arguments: World.StoreKind.allCases)
  func offer(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let offered = try await visit.offered()
    #expect(offered.state == .offered)
    #expect(offered.officeAddressLines == [])
    #expect(offered.attendees.map(\.person) == visit.persons)
    #expect(try await visit.freeSeats() == 8)
    let later = try await visit.world.slot(in: .days(2))
    await expectRefusal("APPOINTMENT_LIVE_EXISTS", .alreadyExists) {
      _ = try await visit.offered(in: later)
    }
    func confirm() async throws -> SafeMobility.Appointment? {
      try await visit.agent.confirmAppointment(
        .with {
          $0.name = offered.name
          $0.etag = offered.etag
          $0.requestId = requestID()
        }
      ).appointment
    }
    let confirmBy = try #require(offered.confirmByTime).seconds
    visit.world.clock.set(Instant(microseconds: confirmBy * 1_000_000))
    await expectRefusal("CONFIRM_WINDOW_PASSED", .failedPrecondition) { _ = try await confirm() }
    visit.world.clock.advance(by: .seconds(-1))
    let confirmed = try await confirm()
    #expect(confirmed?.state == .confirmed)
    #expect(confirmed?.officeAddressLines.isEmpty == false)
    let events = try await visit.world.events(of: .appointment, offered.uid).map(\.type)
    #expect(events == ["Offer", "Confirm"])
  }

  @Test("an offer that does not fit whole, or is not for the whole household, takes nothing")
  func offerTooLarge() async throws {
    let visit = try await Visit(seats: 1)
    await expectRefusal("SLOT_FULL", .failedPrecondition) { _ = try await visit.offered() }
    #expect(try await visit.freeSeats() == 1)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await visit.scheduler.offerAppointment(
        .with {
          $0.slot = visit.slot.resourceName
          $0.registration = visit.name
          $0.attendees = [visit.persons[0]]
          $0.requestId = requestID()
        })
    }
    #expect(try await visit.freeSeats() == 1)
  }

  @Test(
    "a reschedule moves both ways of seats or none, twice for an applicant",
    arguments: World.StoreKind.allCases)
  func reschedule(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let first = try await visit.booked()
    let small = try await visit.world.slot(in: .days(2), seats: 1)
    await expectRefusal("SLOT_FULL", .failedPrecondition) {
      _ = try await visit.rescheduled(first, to: small)
    }
    #expect(try await visit.freeSeats() == 8)
    #expect(try await visit.freeSeats(small) == 1)
    // Half an hour on, so that old and new time overlap: they are the same people's.
    let near = try await visit.world.slot(in: .days(1) + .minutes(30))
    let moved = try await visit.rescheduled(first, to: near)
    let old = try #require(moved.predecessor)
    let new = try #require(moved.appointment)
    #expect(old.name == first.name)
    #expect(old.state == .rescheduled)
    #expect(old.successor == new.name)
    #expect(new.state == .confirmed)
    #expect(new.visitCode != old.visitCode)
    #expect(try await visit.freeSeats() == 10)
    #expect(try await visit.freeSeats(near) == 8)
    let (oldEvents, newEvents) = (
      try await visit.world.events(of: .appointment, old.uid),
      try await visit.world.events(of: .appointment, new.uid)
    )
    #expect(oldEvents.map(\.type) == ["Book", "Reschedule"])
    #expect(newEvents.map(\.version.rawValue) == [1])
    let second = try #require(try await visit.rescheduled(new, to: visit.slot).appointment)
    await expectRefusal("RESCHEDULE_LIMIT", .failedPrecondition) {
      _ = try await visit.rescheduled(second, to: near)
    }
    let third = try await visit.rescheduled(second, to: near, by: visit.scheduler).appointment
    #expect(third?.state == .confirmed)
  }

  @Test(
    "who has moved goes to the same kind of service at another office, and leaves its seats",
    arguments: World.StoreKind.allCases)
  func otherOffice(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let world = visit.world
    let booked = try await visit.booked()
    let otherKind = try await world.slot("gt-gua-01/counselling", in: .days(3))
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await visit.rescheduled(booked, to: otherKind)
    }
    #expect(try await visit.freeSeats() == 8)
    #expect(try await visit.freeSeats(otherKind) == 10)
    let capital = try await world.slot("gt-gua-01/interview", in: .days(2))
    let moved = try await visit.rescheduled(booked, to: capital)
    let new = try #require(moved.appointment)
    #expect(moved.predecessor?.state == .rescheduled)
    #expect(moved.predecessor?.service == "offices/gt-xel-01/services/interview")
    #expect(new.state == .confirmed)
    #expect(new.service == "offices/gt-gua-01/services/interview")
    #expect(new.slot == capital.resourceName)
    #expect(new.officeAddressLines == ["SAMPLE, Ciudad de Guatemala"])
    #expect(try await visit.freeSeats() == 10)
    #expect(try await visit.freeSeats(capital) == 8)
    func listed(_ office: String) async throws -> [String] {
      try await visit.scheduler.listAppointments(
        .with { ($0.office, $0.filter) = ("offices/\(office)", "state = CONFIRMED") }
      ).appointments.map(\.name)
    }
    #expect(try await listed("gt-xel-01") == [])
    #expect(try await listed("gt-gua-01") == [new.name])
  }

  @Test(
    "nobody moves to an office where it has such an appointment already (INV-3)",
    arguments: World.StoreKind.allCases)
  func otherOfficeTwice(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    let capital = try await visit.world.slot("gt-gua-01/interview", in: .days(2))
    let offered = try await visit.offered(in: capital)
    let later = try await visit.world.slot("gt-gua-01/interview", in: .days(4))
    await expectRefusal("APPOINTMENT_LIVE_EXISTS", .alreadyExists) {
      _ = try await visit.rescheduled(booked, to: later)
    }
    #expect(try await visit.freeSeats() == 8)
    #expect(try await visit.freeSeats(later) == 10)
    // The offer called off, the way is free.
    _ = try await visit.cancelled(offered, by: visit.agent)
    #expect(try await visit.rescheduled(booked, to: later).appointment?.state == .confirmed)
    #expect(try await visit.freeSeats() == 10)
  }
}
