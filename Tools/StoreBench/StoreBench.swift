import ArgumentParser
import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Synchronization

/// What a store carries: durable bookings and point reads, by so many callers at once, through the services.
@main
struct StoreBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela-store-bench",
    abstract: "Measures bookings and reads on one engine, through the services, in one process.",
    discussion: """
      Prints `WHAT CALLERS PER_SECOND ROUND_TRIPS` lines. A booking is a hold and a booking of a whole household, each \
      answered when it is durable. Round trips are those to the database, for each call.
      """)

  @Option(help: "sqlite or postgres.")
  var engine: String

  private static let bookingCounts: [(callers: Int, count: Int)] = [
    (1, 150), (16, 1_000), (256, 2_000),
  ]

  func validate() throws {
    guard BenchStore.Engine(rawValue: engine) != nil else {
      throw ValidationError("--engine is sqlite or postgres")
    }
  }

  func run() async throws {
    guard let engine = BenchStore.Engine(rawValue: engine) else { return }
    let total = Self.bookingCounts.map(\.count).reduce(50, +)
    let bench = try await BenchStore(engine, householdCount: total)
    var next = 0
    // Statements are prepared and pages read before anything is counted.
    _ = try await book(bench, &next, count: 50, callers: 16)
    for (callers, count) in Self.bookingCounts {
      let measured = try await book(bench, &next, count: count, callers: callers)
      report("bookings", callers, measured, callsEach: 2)
    }
    report("reads", 16, try await read(bench, count: 20_000, callers: 16), callsEach: 1)
    try await bench.close()
  }

  private struct Measured {
    var count: Int
    var seconds: Double
    var roundTrips: Int
  }

  private func report(_ what: String, _ callers: Int, _ measured: Measured, callsEach: Int) {
    let rate = Double(measured.count) / measured.seconds
    let trips = Double(measured.roundTrips) / Double(measured.count * callsEach)
    print(String(format: "%@ %d %.0f %.2f", what, callers, rate, trips))
  }

  private func measure(
    _ bench: BenchStore, count: Int, callers: Int,
    _ call: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> Measured {
    let next = Counter()
    let trips = bench.roundTripCount
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<callers {
        group.addTask {
          while let index = next.take(below: count) { try await call(index) }
        }
      }
      try await group.waitForAll()
    }
    return Measured(
      count: count, seconds: start.duration(to: .now) / .seconds(1),
      roundTrips: bench.roundTripCount - trips)
  }

  private func book(
    _ bench: BenchStore, _ next: inout Int, count: Int, callers: Int
  ) async throws -> Measured {
    let households = Array(bench.households[next..<(next + count)])
    next += count
    let client = SafeMobility.AppointmentServiceClient(bench.client("iom/CONTACT_CENTRE"))
    return try await measure(bench, count: count, callers: callers) { index in
      let household = households[index]
      let slot = bench.slots[index % bench.slots.count]
      let registration = "registrations/\(household.registration.id)"
      let hold = try await client.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = registration
          $0.seats = Int32(household.persons.count)
          $0.requestId = UUID().uuidString.lowercased()
        }
      ).hold
      let booked = try await client.bookAppointment(
        .with {
          $0.hold = hold?.name ?? ""
          $0.fence = hold?.fence ?? 0
          $0.attendees = household.persons.map { "\(registration)/persons/\($0.id)" }
          $0.requestId = UUID().uuidString.lowercased()
        })
      guard booked.appointment?.attendees.count == household.persons.count else {
        throw ValidationError("half a household was booked")
      }
    }
  }

  private func read(_ bench: BenchStore, count: Int, callers: Int) async throws -> Measured {
    let client = SafeMobility.OfficeServiceClient(bench.client("iom/CONTACT_CENTRE"))
    let name = "offices/\(bench.slots[0].service.office)"
    return try await measure(bench, count: count, callers: callers) { _ in
      _ = try await client.getOffice(.with { $0.name = name })
    }
  }
}

/// Hands out numbers.
private final class Counter: Sendable {
  private let next = Atomic(0)

  func take(below end: Int) -> Int? {
    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < end ? number : nil
  }
}

extension Slot {
  /// As a request names it.
  fileprivate var resourceName: String {
    let plan = schedule.flatMap { $0.rawValue.split(separator: "/").last } ?? "-"
    return "offices/\(service.office)/schedules/\(plan)/slots/\(id)"
  }
}
