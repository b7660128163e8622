import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// Households that each want their seats of one slot, at random moments, whatever becomes of the servers.
struct SeatBookings: Sendable {
  /// What a household was told in the end.
  enum Outcome: Sendable, Equatable {
    case booked(seats: Int)
    case full(seats: Int)
    case other(String)
  }

  private let client: SafeMobilityClient
  private let world: TrialWorld
  private let moments: [Duration]

  init(_ client: SafeMobilityClient, _ world: TrialWorld, over time: Duration, seed: UInt64) {
    self.client = client
    self.world = world
    var random = SeededRandom(seed: seed)
    let span = UInt64(time / .milliseconds(1))
    moments = world.households.map { _ in .milliseconds(Int(random.next() % span)) }
  }

  func run() async -> [Outcome] {
    await withTaskGroup(of: Outcome.self) { group in
      for (household, moment) in zip(world.households, moments) {
        group.addTask {
          try? await Task.sleep(for: moment)
          return await book(household)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func book(_ household: StoredHousehold) async -> Outcome {
    let registration = "registrations/\(household.registration.id)"
    let seats = household.persons.count
    do {
      let hold = try await client.appointments.holdSlot(
        .with {
          $0.slot = Requests.name(of: world.slots[0])
          $0.registration = registration
          $0.seats = Int32(seats)
        }
      ).hold
      let appointment = try await client.appointments.bookAppointment(
        .with {
          $0.hold = hold?.name ?? ""
          $0.fence = hold?.fence ?? 0
          $0.attendees = household.persons.map { "\(registration)/persons/\($0.id)" }
        }
      ).appointment
      return appointment?.attendees.count == seats ? .booked(seats: seats) : .other("half of it")
    } catch {
      let failure = CallFailure(error)
      let isFull = failure.code == .failedPrecondition && failure.reason == "SLOT_FULL"
      return isFull ? .full(seats: seats) : .other("\(failure)")
    }
  }

  /// The store has what was answered, and no seat twice.
  func expect(_ outcomes: [Outcome], seatCount: Int, _ store: StoreInspection) throws {
    #expect(outcomes.filter { if case .other = $0 { true } else { false } } == [])
    let booked = outcomes.reduce(0) { if case .booked(let seats) = $1 { $0 + seats } else { $0 } }
    let taken = try store.count("SELECT COUNT(*) FROM seat WHERE appointment_id IS NOT NULL")
    #expect(taken == booked)
    let free = seatCount - booked
    let refused = outcomes.compactMap { if case .full(let seats) = $0 { seats } else { nil } }
    #expect(free >= 0)
    // A hold whose booking came later may have been in the way of a small household for a moment.
    #expect(refused.isEmpty || free < 5 + 5)
  }
}
