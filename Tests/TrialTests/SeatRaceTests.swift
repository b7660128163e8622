import Domain
import Foundation
import PostgresFixture
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// The opening minute: five hundred households want the same fifty seats (INV-1, INV-2).
@Suite("five hundred callers for fifty seats", .serialized)
struct SeatRaceTests {
  static let callerCount = 500
  static let seatCount = 50

  /// What a caller was told.
  enum Outcome: Sendable, Equatable {
    case booked(seats: Int)
    case full(seats: Int)
    case other(String)
  }

  @Test(
    "each is booked whole or told SLOT_FULL, and no seat is lost", .timeLimit(.minutes(5)),
    arguments: [UInt64(20_230_612), 7, UInt64.random(in: 1...UInt64.max)])
  func race(seed: UInt64) async throws {
    try await race(seed: seed, nodeCount: 1, postgres: nil)
  }

  @Test(
    "the same through three servers at once on one PostgreSQL", .timeLimit(.minutes(5)),
    arguments: [UInt64(20_230_612), UInt64.random(in: 1...UInt64.max)])
  func nodes(seed: UInt64) async throws {
    try await race(seed: seed, nodeCount: 3, postgres: PostgresServer.shared.get())
  }

  private func race(seed: UInt64, nodeCount: Int, postgres: PostgresServer?) async throws {
    let world = try await TrialWorld(
      seed: seed, householdCount: Self.callerCount, seatsPerSlot: Self.seatCount, slotCount: 1,
      postgres: postgres)
    for node in 0..<nodeCount { try world.start(node: node) }
    let outcomes = try await outcomes(world, nodeCount, seed: seed)
    try world.stop()
    let strange = outcomes.filter { if case .other = $0 { true } else { false } }
    #expect(strange == [], "seed \(seed)")
    let booked = outcomes.reduce(0) { if case .booked(let seats) = $1 { $0 + seats } else { $0 } }
    let store = try await world.inspection()
    #expect(try store.findings() == [], "seed \(seed)")
    let taken = try store.count("SELECT COUNT(*) FROM seat WHERE appointment_id IS NOT NULL")
    let held = try store.count("SELECT COUNT(*) FROM seat WHERE hold_id IS NOT NULL")
    #expect(taken == booked, "seed \(seed): the answers and the seats differ")
    #expect(held == 0, "seed \(seed): a failed attempt has kept seats")
    // Whoever was refused did not fit into what was free then, and seats were only ever taken.
    let free = Self.seatCount - booked
    let refused = outcomes.compactMap { if case .full(let seats) = $0 { seats } else { nil } }
    #expect(free >= 0)
    #expect(refused.allSatisfy { $0 > free }, "seed \(seed): \(free) seats free, yet refused")
    #expect(outcomes.count == Self.callerCount)
  }

  private func outcomes(
    _ world: TrialWorld, _ nodeCount: Int, seed: UInt64
  ) async throws -> [Outcome] {
    var random = SeededRandom(seed: seed)
    let channels = try (0..<(nodeCount > 1 ? 9 : 8)).map { try world.channel(node: $0 % nodeCount) }
    let order = world.households.shuffled(using: &random)
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      for (index, household) in order.enumerated() {
        let client = TrialWorld.client(channels[index % channels.count], as: "iom/CONTACT_CENTRE")
        group.addTask { await call(.init(client), household, world.slots[0]) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for channel in channels { await channel.close() }
    return outcomes
  }

  private func call(
    _ client: SafeMobility.AppointmentServiceClient, _ household: StoredHousehold, _ slot: Slot
  ) async -> Outcome {
    let registration = "registrations/\(household.registration.id)"
    let seats = household.persons.count
    do {
      let hold = try await client.holdSlot(
        .with {
          $0.slot = Requests.name(of: slot)
          $0.registration = registration
          $0.seats = Int32(seats)
          $0.requestId = Requests.id()
        }
      ).hold
      let appointment = try await client.bookAppointment(
        .with {
          $0.hold = hold?.name ?? ""
          $0.fence = hold?.fence ?? 0
          $0.attendees = household.persons.map { "\(registration)/persons/\($0.id)" }
          $0.requestId = Requests.id()
        }
      ).appointment
      let isWhole = appointment?.attendees.count == seats && Int(appointment?.seats ?? 0) == seats
      return isWhole ? .booked(seats: seats) : .other("half a household")
    } catch {
      let failure = CallFailure(error)
      let isFull = failure.code == .failedPrecondition && failure.reason == "SLOT_FULL"
      return isFull ? .full(seats: seats) : .other("\(failure)")
    }
  }
}
