import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// What must hold of appointments though everybody comes at once.
@Suite("Appointments in a race")
struct AppointmentRaceTests {
  typealias Call = @Sendable () async throws -> Void

  /// What came of calls that were made at once: nil of one that was answered, else why not.
  static func outcomes(_ calls: [Call]) async -> [String?] {
    await withTaskGroup(of: String?.self) { group in
      for call in calls {
        group.addTask {
          do {
            try await call()
            return nil
          } catch {
            return (error as? RPCError).flatMap { Refused($0) }?.reason ?? "\(error)"
          }
        }
      }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
  }

  @Test(
    "INV-3: of many offers of one household one is live, in whichever slots",
    arguments: World.StoreKind.allCases)
  func offers(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    for round in 0..<3 {
      var slots: [Slot] = []
      for number in 0..<6 { slots.append(try await visit.world.slot(in: .days(2 + number))) }
      let outcomes = await Self.outcomes(
        slots.map { slot in
          {
            _ = try await visit.scheduler.offerAppointment(
              .with {
                $0.slot = slot.resourceName
                $0.registration = visit.name
                $0.attendees = visit.persons
                $0.requestId = requestID()
              })
          }
        })
      #expect(outcomes.count { $0 == nil } == 1, "\(outcomes)")
      #expect(outcomes.allSatisfy { [nil, "APPOINTMENT_LIVE_EXISTS"].contains($0) }, "\(outcomes)")
      let live = try await visit.agent.listAppointments(
        .with { ($0.registration, $0.filter) = (visit.name, "state = OFFERED") }
      ).appointments
      #expect(live.count == 1, "round \(round)")
      // Whoever was too late has kept no seat.
      var free = 0
      for slot in slots { free += try await visit.freeSeats(slot) ?? 0 }
      #expect(free == 6 * 10 - 2)
      _ = try await visit.cancelled(try #require(live.first), by: visit.scheduler)
    }
  }

  @Test(
    "INV-4: no two claims of a slot have one fence, and an old one books nothing",
    arguments: World.StoreKind.allCases)
  func fences(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let slot = try await world.slot(seats: 12)
    var registrations: [Registration] = []
    for seed in 1...UInt64(6) {
      registrations.append(
        try await world.household(.couple, in: .invited, seed: seed).registration)
    }
    let holds = try await withThrowingTaskGroup(of: SafeMobility.Hold.self) { group in
      for registration in registrations {
        group.addTask { try await BlockSlotsTests.hold(world, slot, registration) }
      }
      return try await group.reduce(into: [SafeMobility.Hold]()) { $0.append($1) }
    }
    #expect(Set(holds.map(\.fence)).count == holds.count)
    let highest = try #require(holds.map(\.fence).max())
    let agent = world.caller("iom/CONTACT_CENTRE").appointments
    for hold in holds {
      let renewed = try #require(
        try await agent.renewHold(
          .with { ($0.name, $0.etag, $0.requestId) = (hold.name, hold.etag, requestID()) }
        ).hold)
      #expect(renewed.fence > highest)
      let registration = try #require(
        registrations.first { "registrations/\($0.id)" == hold.registration })
      await expectRefusal("HOLD_FENCE_STALE", .aborted) {
        _ = try await BlockSlotsTests.book(world, hold, registration)
      }
      #expect(
        try await BlockSlotsTests.book(world, renewed, registration).state == .confirmed)
    }
    let stored = try await world.store.read { try $0.slotAvailability(slot.id)?.slot.fence }
    #expect(try #require(stored) >= highest + Int64(holds.count))
  }

  @Test(
    "INV-13: whom the office turns away is no no-show, whoever looks at the clock meanwhile",
    arguments: World.StoreKind.allCases)
  func turnedAway(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    // The grace is over, and the front desk has the day's visits still.
    visit.world.clock.set(visit.slot.end + .hours(2))
    let outcomes = await Self.outcomes([
      { _ = try await visit.world.desk.endWhatIsDue() },
      {
        _ = try await visit.frontDesk.markNoShow(
          .with { ($0.name, $0.etag, $0.requestId) = (booked.name, booked.etag, requestID()) })
      },
      {
        _ = try await visit.world.caller("iom/SUPERVISOR").offices.blockSlots(
          .with {
            $0.parent = "offices/\(visit.slot.service.office)"
            $0.slots = [visit.slot.resourceName]
            $0.reason = .officeClosed
            $0.requestId = requestID()
          })
      },
    ])
    let id = try #require(AppointmentID(rawValue: booked.uid))
    let ended = try #require(try await visit.world.store.read { try $0.appointment(id) })
    let events = try await visit.world.events(of: .appointment, booked.uid).map(\.type)
    // One of them was first. If that was who marks, closing the slot has taken the mark back.
    switch ended.state {
    case .excused:
      #expect(ended.cancellation == nil)
      #expect(events == ["Book", "MarkNoShow", "ExcuseNoShow"], "\(outcomes)")
    case .cancelled:
      #expect(ended.cancellation?.party == .office)
      #expect(events == ["Book", "Cancel"], "\(outcomes)")
    default: Issue.record("\(ended.state) after \(outcomes)")
    }
  }

  @Test(
    "INV-13: nor does anybody at the desk or the clock make one of it afterwards",
    arguments: World.StoreKind.allCases)
  func afterwards(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let booked = try await visit.booked()
    let answer = try await BlockSlotsTests.block(visit.world) {
      $0.slots = [visit.slot.resourceName]
    }
    #expect(answer.cancelledAppointments == 1)
    visit.world.clock.set(visit.slot.end + .days(2))
    let now = try #require(
      try await visit.agent.getAppointment(.with { $0.name = booked.name }).appointment)
    for client in [visit.supervisor, visit.scheduler] {
      do {
        _ = try await client.markNoShow(
          .with { ($0.name, $0.etag, $0.requestId) = (now.name, now.etag, requestID()) })
        Issue.record("a no-show of what the office has cancelled")
      } catch {
        #expect(["TRANSITION_NOT_ALLOWED", "ACCESS_DENIED"].contains(Refused(error)?.reason))
      }
    }
    #expect(try await visit.world.desk.endWhatIsDue().moveCount == 0)
    let after = try await visit.agent.getAppointment(.with { $0.name = booked.name }).appointment
    #expect(after == now)
    let facts = try await visit.world.store.read { reader in
      try reader.statusEvents(of: .appointment, uid: booked.uid).map(\.type)
    }
    #expect(!facts.contains("MarkNoShow"))
  }
}
