import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Freed seats and those who wait")
struct WaitlistOfferTests {
  @Test(
    "seats that come free go to the first in rank who fits whole and need not know sooner",
    arguments: World.StoreKind.allCases)
  func offered(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let large = try await scene.waiting(.eight, seed: 2, rank: .days(9))
    let early = try await scene.waiting(.couple, seed: 3, rank: .days(8), notice: .hours(25))
    let late = try await scene.waiting(.couple, seed: 4, rank: .days(1))
    let first = try await scene.waiting(.couple, seed: 5, rank: .days(7), notice: .hours(24))
    let count = try await scene.world.auditCount()
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    for waiting in [large, early, late] {
      #expect(try await scene.entry(waiting).state == .waiting)
    }
    let entry = try await scene.entry(first)
    #expect(entry.state == .offered)
    #expect(entry.offersMade == 1)
    let offer = try await scene.offer(first)
    #expect(offer.state == .offered)
    #expect(offer.slot == scene.visit.slot.resourceName)
    #expect(offer.seats == 2)
    #expect(offer.registration == "registrations/\(first.registration.id)")
    #expect(try await scene.visit.freeSeats() == 0)
    // The server's doing, with an entry under the case that it is about.
    let events = try await scene.world.events(of: .waitlistEntry, entry.uid)
    #expect(events.map(\.type) == ["JoinWaitlist", "Offer"])
    #expect(events.map(\.actorClass) == [.staff, .system])
    let made = try await scene.world.events(of: .appointment, offer.uid)
    #expect(made.map(\.actorClass) == [.system])
    let entries = try await scene.world.lastAuditEntries(
      Int(try await scene.world.auditCount() - count))
    let own = entries.filter { $0.method == "safemobility.v1.Waitlist/OfferFreedSeats" }
    #expect(own.count == 1)
    #expect(own.first?.role == .system)
    let call = try #require(entries.first { $0.method.hasSuffix("/CancelAppointment") })
    #expect(call.stateAfter == AppointmentState.cancelled.rawValue)
    #expect(own.first?.casePseudonym != nil)
    #expect(own.first?.casePseudonym != call.casePseudonym)
  }

  @Test("what is left goes to the next who fits", arguments: World.StoreKind.allCases)
  func leftOver(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let single = try await scene.waiting(seed: 2, rank: .days(3))
    let couple = try await scene.waiting(.couple, seed: 3, rank: .days(2))
    let last = try await scene.waiting(seed: 4, rank: .days(1))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(single).state == .offered)
    #expect(try await scene.entry(couple).state == .waiting)
    #expect(try await scene.entry(last).state == .offered)
    #expect(try await scene.visit.freeSeats() == 0)
  }

  /// The ways in which seats come free.
  enum Freeing: CaseIterable {
    case cancel, reschedule, lapse, release, expiry, withdrawal, void
  }

  @Test(
    "every way in which seats come free offers them",
    arguments: World.StoreKind.allCases, Freeing.allCases)
  func ways(_ kind: World.StoreKind, _ freeing: Freeing) async throws {
    let scene = try await WaitingCase(kind)
    let (visit, world) = (scene.visit, scene.world)
    let other = try await world.slot(in: .days(2))
    let free = try await Self.taken(scene, freeing)
    let waiting = try await scene.waiting(seed: 2, rank: .days(3))
    #expect(try await scene.entry(waiting).state == .waiting)
    try await free(other)
    #expect(try await scene.entry(waiting).state == .offered)
    #expect(try await visit.freeSeats() == 1)
  }

  /// Looks at the clock.
  private static func expectMoves(_ count: Int, in world: World) async throws {
    let report = try await world.desk.endWhatIsDue()
    #expect(report.moveCount == count)
    #expect(report.failures.map(\.description) == [])
  }

  /// Takes the slot's seats, and gives what frees them.
  private static func taken(
    _ scene: WaitingCase, _ freeing: Freeing
  ) async throws -> @Sendable (Slot) async throws -> Void {
    let visit = scene.visit
    func hold() async throws -> SafeMobility.Hold {
      try #require(
        try await visit.agent.holdSlot(
          .with {
            $0.slot = visit.slot.resourceName
            $0.registration = visit.name
            $0.seats = 2
            $0.requestId = requestID()
          }
        ).hold)
    }
    switch freeing {
    case .cancel:
      let booked = try await visit.booked()
      return { _ in _ = try await visit.cancelled(booked, by: visit.agent) }
    case .reschedule:
      let booked = try await visit.booked()
      return { _ = try await visit.rescheduled(booked, to: $0) }
    case .lapse:
      _ = try await visit.offered()
      return { _ in
        visit.world.clock.advance(by: .hours(22) + .minutes(59))
        try await expectMoves(0, in: visit.world)
        // The lead time of the sample services is an hour.
        visit.world.clock.advance(by: .minutes(1))
        try await expectMoves(1, in: visit.world)
      }
    case .release:
      let held = try await hold()
      return { _ in
        _ = try await visit.agent.releaseHold(
          .with {
            $0.name = held.name
            $0.etag = held.etag
            $0.requestId = requestID()
          })
      }
    case .expiry:
      _ = try await hold()
      return { _ in
        visit.world.clock.advance(by: .minutes(10))
        try await expectMoves(1, in: visit.world)
      }
    case .withdrawal:
      _ = try await visit.booked()
      return { _ in try await scene.withdraw(visit.registration.id) }
    case .void:
      let booked = try await visit.booked()
      return { _ in
        _ = try await visit.supervisor.voidAppointment(
          .with {
            $0.name = booked.name
            $0.etag = booked.etag
            $0.requestId = requestID()
          })
      }
    }
  }

  @Test("an offer that is confirmed ends the waiting", arguments: World.StoreKind.allCases)
  func accepted(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let waiting = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    try await scene.confirm(try await scene.offer(waiting))
    #expect(try await scene.entry(waiting).state == .accepted)
    #expect(try await scene.offer(waiting).state == .confirmed)
    let entry = try #require(
      try await scene.world.lastAuditEntries(8).last {
        $0.method.hasSuffix("/ConfirmAppointment")
      })
    #expect(entry.stateAfter == AppointmentState.confirmed.rawValue)
  }

  @Test(
    "who does not take an offer comes last, and after three waits no more",
    arguments: World.StoreKind.allCases)
  func threeOffers(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let first = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    let second = try await scene.waiting(.couple, seed: 3, rank: .days(2))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    // To and fro between the two: each time the seats go to the other.
    for round in 1...3 {
      for (offered, next) in [(first, second), (second, first)] {
        let entry = try await scene.entry(offered)
        #expect(entry.state == .offered)
        #expect(entry.offersMade == round)
        scene.world.clock.advance(by: .minutes(1))
        let offer = try await scene.offer(offered)
        _ = try await scene.visit.cancelled(offer, by: scene.agent)
        let after = try await scene.entry(offered)
        #expect(after.state == (round < 3 ? .waiting : .removed))
        let isOver = round == 3 && offered.entry.name == second.entry.name
        #expect(try await scene.entry(next).state == (isOver ? .removed : .offered))
        let events = try await scene.world.events(of: .waitlistEntry, offered.entry.uid)
        #expect(events.suffix(2).map(\.type) == ["Cancel", round < 3 ? "WaitAgain" : "Remove"])
      }
    }
    #expect(try await scene.visit.freeSeats() == 2)
  }

  @Test(
    "who waits is offered one place, however many come free at once",
    arguments: World.StoreKind.allCases)
  func atOnce(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    var offers: [SafeMobility.Appointment] = []
    for number in 0..<4 {
      let slot = try await scene.world.slot(in: .days(2) + .hours(2 * number), seats: 1)
      let registration = try await scene.household(seed: UInt64(10 + number))
      let answer = try await scene.visit.scheduler.offerAppointment(
        .with {
          $0.slot = slot.resourceName
          $0.registration = "registrations/\(registration.id)"
          $0.attendees = ["registrations/\(registration.id)/persons/\(registration.principal)"]
          $0.requestId = requestID()
        })
      offers.append(try #require(answer.appointment))
    }
    let waiting = [
      try await scene.waiting(seed: 2, rank: .days(3)),
      try await scene.waiting(seed: 3, rank: .days(2)),
    ]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for offer in offers {
        group.addTask { _ = try await scene.visit.cancelled(offer, by: scene.agent) }
      }
      try await group.waitForAll()
    }
    for household in waiting {
      let entry = try await scene.entry(household)
      #expect(entry.state == .offered)
      #expect(entry.offersMade == 1)
    }
    let made = try await scene.world.store.read { reader in
      try reader.appointments(
        AppointmentFilter(states: [.offered]), after: nil, limit: 10
      ).items
    }
    #expect(Set(made.map(\.registration)) == Set(waiting.map(\.registration.id)))
    #expect(made.count == 2)
  }

  @Test("an offer that nobody answers lapses, and its household waits again, last")
  func lapsed() async throws {
    let scene = try await WaitingCase()
    let booked = try await scene.visit.booked()
    let waiting = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    scene.world.clock.advance(by: .hours(23))
    #expect(try await scene.world.desk.endWhatIsDue().moveCount == 1)
    let entry = try await scene.entry(waiting)
    #expect(entry.state == .waiting)
    #expect(entry.rankTime == .init(microsecondsSinceEpoch: scene.world.clock.now.microseconds))
    let events = try await scene.world.events(of: .waitlistEntry, entry.uid)
    #expect(events.map(\.type) == ["JoinWaitlist", "Offer", "Lapse", "WaitAgain"])
    #expect(try await scene.visit.freeSeats() == 2)
  }

  @Test("who has found a place is not offered another, and waits no more")
  func served() async throws {
    let scene = try await WaitingCase()
    let booked = try await scene.visit.booked()
    let waiting = try await scene.waiting(seed: 2, rank: .days(3))
    let next = try await scene.waiting(seed: 3, rank: .days(2))
    let other = try await scene.world.slot("gt-gua-01/interview", in: .days(3))
    let registration = waiting.registration
    _ = try await scene.visit.scheduler.offerAppointment(
      .with {
        $0.slot = other.resourceName
        $0.registration = "registrations/\(registration.id)"
        $0.attendees = registration.persons.map { "registrations/\(registration.id)/persons/\($0)" }
        $0.requestId = requestID()
      })
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(waiting).state == .removed)
    #expect(try await scene.entry(next).state == .offered)
  }

  @Test("a slot that is closed, or begins too soon, offers nothing")
  func nothing() async throws {
    let scene = try await WaitingCase()
    let booked = try await scene.visit.booked()
    let waiting = try await scene.waiting(seed: 2, rank: .days(3))
    scene.world.clock.set(scene.visit.slot.start - .minutes(59))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(waiting).state == .waiting)
    let other = try await scene.world.slot(in: .days(3), seats: 2)
    let second = try await scene.visit.offered(in: other)
    let blocked = try await scene.world.caller("iom/SUPERVISOR").offices.blockSlots(
      .with {
        $0.parent = WaitingCase.office
        $0.slots = [other.resourceName]
        $0.reason = .staff
        $0.requestId = requestID()
      })
    #expect(blocked.cancelledAppointments == 1)
    #expect(try await scene.entry(waiting).state == .waiting)
    // What the office has called off keeps the household's rank, and it waits.
    let entry = try #require(try await scene.open(scene.visit.registration))
    let registration = scene.visit.registration
    #expect(entry.state == .waiting)
    #expect(entry.rankTime == registration.queueRankTime)
    #expect(second.seats == 2)
  }
}
