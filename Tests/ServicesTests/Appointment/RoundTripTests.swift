import Domain
import PostgresFixture
import Protobuf
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// How often a call waits for the database, which may be a network away from its node: once for all that it reads, and
/// once for all that it changes.
@Suite struct RoundTripTests {
  /// Round trips of the units of work that `calls` takes.
  private func trips<R>(
    in world: World, _ calls: () async throws -> R
  ) async throws -> (count: Int, answer: R) {
    let store = try #require(world.store as? SettledStore)
    let before = store.unitRoundTripCount
    let answer = try await calls()
    return (store.unitRoundTripCount - before, answer)
  }

  /// A visit at whose desks everybody is known.
  private func visit() async throws -> Visit {
    let visit = try await Visit(store: .postgres)
    for identity in ["iom/CONTACT_CENTRE", "iom/SCHEDULER", "iom/FRONT_DESK", "iom/INTERVIEWER"] {
      _ = try await visit.world.caller(identity).offices.getOffice(
        .with { $0.name = "offices/\(visit.slot.service.office)" })
    }
    return visit
  }

  @Test func `a hold takes two and its booking takes two`() async throws {
    let visit = try await visit()
    let booking = try await trips(in: visit.world) { try await visit.booked() }
    #expect(booking.count == 4)
    let told = try await trips(in: visit.world) {
      try await visit.agent.getAppointment(.with { $0.name = booking.answer.name })
    }
    // What is told of a person is written down.
    #expect(told.count == 2)
  }

  @Test func `a read of nobody's data takes one`() async throws {
    let visit = try await visit()
    let office = SafeMobility.GetOfficeRequest.with {
      $0.name = "offices/\(visit.slot.service.office)"
    }
    let read = try await trips(in: visit.world) {
      try await visit.world.caller("iom/SCHEDULER").offices.getOffice(office)
    }
    #expect(read.count == 1)
  }

  @Test func `a day's moves take few`() async throws {
    let visit = try await visit()
    let booked = try await visit.booked()
    visit.world.clock.set(visit.slot.start)
    let arrival = try await trips(in: visit.world) { try await visit.checkIn(booked) }
    // Who comes to the front desk is looked up by the day.
    #expect(arrival.count <= 3)
    let begin = try await trips(in: visit.world) { try await visit.started(arrival.answer) }
    #expect(begin.count == 2)
  }

  @Test func `a refusal takes one, and one to write it down`() async throws {
    let visit = try await visit()
    _ = try await visit.booked()
    let refused = try await trips(in: visit.world) {
      await #expect(throws: (any Error).self) { _ = try await visit.booked() }
    }
    // The second hold is taken; it is its booking that is refused.
    #expect(refused.count <= 5)
  }
}
