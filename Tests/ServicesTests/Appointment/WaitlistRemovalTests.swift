import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Those who wait for nothing any more")
struct WaitlistRemovalTests {
  /// Changes a case in the store, as moves do that a test has no need of.
  private static func change(
    _ waiting: WaitingCase.Waiting, in scene: WaitingCase,
    _ body: @escaping @Sendable (inout Registration) -> Void
  ) async throws {
    try await scene.world.store.write { tx in
      guard var changed = try tx.registration(waiting.registration.id) else {
        throw StoreError.notFound
      }
      let version = changed.revision.version
      body(&changed)
      changed.revision.advance(at: tx.now)
      try tx.update(changed, from: version)
    }
  }

  @Test(
    "however many are past what they wait for, the next is offered the seats",
    arguments: World.StoreKind.allCases)
  func past(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    var past: [WaitingCase.Waiting] = []
    for seed in 0..<55 {
      past.append(try await scene.waiting(seed: UInt64(100 + seed), rank: .days(9)))
    }
    let asked = try await scene.waiting(seed: 2, rank: .days(4))
    let duplicate = try await scene.waiting(seed: 3, rank: .days(3))
    let next = try await scene.waiting(.couple, seed: 4, rank: .days(1))
    for waiting in past { try await Self.change(waiting, in: scene) { $0.state = .interviewed } }
    try await Self.change(asked, in: scene) { $0.state = .infoRequested }
    try await Self.change(duplicate, in: scene) { $0.holds.insert(.confirmedDuplicate) }
    let count = try await scene.world.auditCount()
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(next).state == .offered)
    for waiting in past + [duplicate] {
      #expect(try await scene.entry(waiting).state == .removed)
    }
    // It goes on where it was when it has answered.
    #expect(try await scene.entry(asked).state == .waiting)
    let entries = try await scene.world.lastAuditEntries(
      Int(try await scene.world.auditCount() - count))
    let own = entries.filter { $0.method == "safemobility.v1.Waitlist/OfferFreedSeats" }
    #expect(own.count == past.count + 2)
    #expect(Set(own.compactMap(\.casePseudonym)).count == own.count)
  }

  @Test(
    "who has had its appointment by other means waits no more",
    arguments: World.StoreKind.allCases)
  func fulfilled(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let entry = try await scene.join(scene.visit.registration)
    let own = WaitingCase.Waiting(registration: scene.visit.registration, entry: entry)
    let booked = try await scene.visit.booked()
    #expect(try await scene.entry(own).state == .waiting)
    scene.world.clock.set(scene.visit.slot.start)
    let begun = try await scene.visit.started(try await scene.visit.checkIn(booked))
    _ = try await scene.visit.completed(begun, [.present, .present])
    #expect(try await scene.entry(own).state == .removed)
    let events = try await scene.world.events(of: .waitlistEntry, entry.uid)
    #expect(events.map(\.type) == ["JoinWaitlist", "Remove"])
    #expect(events.last?.actorClass == .system)
  }

  @Test("what took place since it began to wait counts", arguments: World.StoreKind.allCases)
  func since(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let elsewhere = try await scene.world.slot("gt-gua-01/interview", in: .days(3), seats: 1)
    let served = try await scene.waiting(seed: 2, rank: .days(3))
    scene.world.clock.advance(by: .minutes(1))
    try await Self.complete(served.registration, in: elsewhere, scene)
    // Who was there before wants to come again.
    let before = try await scene.household(seed: 3, rank: .days(2))
    try await Self.complete(before, in: elsewhere, scene)
    scene.world.clock.advance(by: .minutes(1))
    let again = WaitingCase.Waiting(registration: before, entry: try await scene.join(before))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(served).state == .removed)
    #expect(try await scene.entry(again).state == .offered)
  }

  /// Stores an appointment that has taken place, without its seats and the case's move.
  private static func complete(
    _ registration: Registration, in slot: Slot, _ scene: WaitingCase
  ) async throws {
    try await scene.world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      try tx.insert(
        Appointment(
          id: AppointmentID(using: &random), slot: slot.id, service: slot.service,
          registration: registration.id,
          attendees: registration.persons.map { Attendee(person: $0, attendance: .present) },
          seats: registration.householdCount, start: slot.start, end: slot.end,
          visitCode: VisitCode(using: &random), state: .fulfilled,
          revision: Revision(createdAt: tx.now)))
    }
  }
}
