import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// INV-3's second half, through the calls by which a household comes by an appointment: each asks the store in its own
/// way, on PostgreSQL under its own lock, whether somebody is expected elsewhere at that time.
@Suite("Nobody in two places", .timeLimit(.minutes(5)))
struct PersonOverlapTests {
  private enum Way: CaseIterable { case book, offer, reschedule }

  /// A household that three offices interview, so that only the time can stand in an appointment's way.
  private struct Household {
    let world: World
    let registration: Registration

    init(_ world: World, seed: UInt64) async throws {
      self.world = world
      registration = try await world.household(.couple, in: .invited, seed: seed).registration
    }

    var name: String { "registrations/\(registration.id)" }
    var persons: [String] { registration.persons.map { "\(name)/persons/\($0)" } }
    var agent: SafeMobility.AppointmentServiceClient {
      world.caller("iom/CONTACT_CENTRE").appointments
    }
    var scheduler: SafeMobility.AppointmentServiceClient {
      world.caller("iom/SCHEDULER").appointments
    }

    func held(_ slot: Slot) async throws -> SafeMobility.Hold {
      try await BlockSlotsTests.hold(world, slot, registration)
    }

    func book(_ hold: SafeMobility.Hold) async throws {
      _ = try await BlockSlotsTests.book(world, hold, registration)
    }

    @discardableResult
    func offer(_ slot: Slot) async throws -> SafeMobility.Appointment {
      let answer = try await scheduler.offerAppointment(
        .with {
          $0.slot = slot.resourceName
          $0.registration = name
          $0.attendees = persons
          $0.requestId = requestID()
        })
      return try #require(answer.appointment)
    }

    /// An appointment of the slot's service on a day of its own, agreed to, so that it can be moved to the slot.
    func movable(to slot: Slot, in span: Duration) async throws -> SafeMobility.Appointment {
      let offered = try await offer(world.slot(slot.service.rawValue, in: span))
      let answer = try await agent.confirmAppointment(
        .with { ($0.name, $0.etag, $0.requestId) = (offered.name, offered.etag, requestID()) })
      return try #require(answer.appointment)
    }

    func move(_ old: SafeMobility.Appointment, to slot: Slot) async throws {
      _ = try await scheduler.rescheduleAppointment(
        .with {
          ($0.name, $0.slot, $0.etag, $0.requestId) =
            (old.name, slot.resourceName, old.etag, requestID())
        })
    }

    /// What one call does, once what it needs is there.
    func call(_ way: Way, _ slot: Slot) async throws -> AppointmentRaceTests.Call {
      switch way {
      case .book:
        let hold = try await held(slot)
        return { try await book(hold) }
      case .offer: return { try await offer(slot) }
      case .reschedule:
        let old = try await movable(to: slot, in: .days(9))
        return { try await move(old, to: slot) }
      }
    }

    func live() async throws -> [Appointment] {
      let states: [AppointmentState] = [.offered, .confirmed, .checkedIn, .inProgress]
      return try await world.store.read { [registration] reader in
        try reader.appointments(
          AppointmentFilter(registration: registration.id, states: states), after: nil, limit: 100
        ).items
      }
    }

    /// How many are live, no two of them at one time.
    func liveCount() async throws -> Int {
      let live = try await live()
      for (index, one) in live.enumerated() {
        for other in live[(index + 1)...] {
          #expect(one.end <= other.start || other.end <= one.start, "\(one.start) \(other.start)")
        }
      }
      return live.count
    }
  }

  private static let offices = [
    "gt-xel-01", "gt-gua-01", "gt-smr-01", "gt-hue-01", "gt-izb-01", "gt-chq-01",
  ]

  /// Slots of an hour, one at each of six offices, so many minutes after each other.
  private static func slots(_ world: World, apart minutes: Int) async throws -> [Slot] {
    var slots: [Slot] = []
    for (number, office) in offices.enumerated() {
      slots.append(
        try await world.slot("\(office)/interview", in: .days(2) + .minutes(number * minutes)))
    }
    return slots
  }

  @Test(
    "of two appointments of a household at one time the second is refused, however both are come by",
    arguments: World.StoreKind.allCases)
  func two(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    // Minutes from the beginning of one to that of the other: half-open times may touch.
    let shifts = [(-60, false), (-59, true), (0, true), (59, true), (60, false)]
    var seed: UInt64 = 0
    for first in Way.allCases {
      for second in Way.allCases {
        for (shift, overlaps) in shifts {
          seed += 1
          let household = try await Household(world, seed: seed)
          let slot = try await world.slot("gt-xel-01/interview", in: .days(2))
          let near = try await world.slot("gt-gua-01/interview", in: .days(2) + .minutes(shift))
          try await household.call(first, slot)()
          let call = try await household.call(second, near)
          let before = try await household.live()
          let context: Comment = "\(first), then \(second) \(shift) minutes from it"
          let outcomes = await AppointmentRaceTests.outcomes([call])
          #expect(outcomes == [overlaps ? "PERSON_OVERLAP" : nil], context)
          if overlaps {
            #expect(try await household.live() == before, context)
          }
          let hasMoved = second == .reschedule
          #expect(try await household.liveCount() == (overlaps && !hasMoved ? 1 : 2), context)
          let free = try await world.store.read { try $0.slotAvailability(near.id)?.freeSeats }
          // Of what was held, the hold goes on.
          #expect(free == (overlaps && second != .book ? 10 : 8), context)
        }
      }
    }
  }

  @Test(
    "of many at once for one household at overlapping times one is made, whichever the calls",
    arguments: World.StoreKind.allCases)
  func many(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    for round in 0..<6 {
      let household = try await Household(world, seed: UInt64(100 + round))
      let slots = try await Self.slots(world, apart: 5)
      let calls = try await Self.calls(household, slots)
      let outcomes = await AppointmentRaceTests.outcomes(calls.shuffled())
      #expect(outcomes.count { $0 == nil } == 1, "round \(round): \(outcomes)")
      #expect(
        outcomes.count { $0 == "PERSON_OVERLAP" } == calls.count - 1, "round \(round): \(outcomes)")
      // The one that is made, and those on other days that could not be moved there.
      let moved = try await household.live().filter { slots.map(\.id).contains($0.slot) }
      #expect(moved.count == 1)
      #expect([2, 3].contains(try await household.liveCount()), "round \(round)")
    }
  }

  @Test(
    "of many at once whose times only touch all are made", arguments: World.StoreKind.allCases)
  func adjacent(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    for round in 0..<3 {
      let household = try await Household(world, seed: UInt64(200 + round))
      let slots = try await Self.slots(world, apart: 60)
      let calls = try await Self.calls(household, slots)
      let outcomes = await AppointmentRaceTests.outcomes(calls.shuffled())
      #expect(outcomes.allSatisfy { $0 == nil }, "round \(round): \(outcomes)")
      #expect(try await household.liveCount() == slots.count, "round \(round)")
      let made = try await household.live().map(\.slot)
      #expect(Set(made) == Set(slots.map(\.id)), "round \(round)")
    }
  }

  /// A booking, as only one can be held at a time, two moves, and offers for the rest.
  private static func calls(
    _ household: Household, _ slots: [Slot]
  ) async throws -> [AppointmentRaceTests.Call] {
    var calls: [AppointmentRaceTests.Call] = [try await household.call(.book, slots[0])]
    for (number, slot) in slots[1...2].enumerated() {
      let old = try await household.movable(to: slot, in: .days(9 + number))
      calls.append({ try await household.move(old, to: slot) })
    }
    for slot in slots[3...] { calls.append(try await household.call(.offer, slot)) }
    return calls
  }
}
