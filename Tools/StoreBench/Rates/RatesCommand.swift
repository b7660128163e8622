import ArgumentParser
import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI

/// What a store carries: durable bookings and point reads, by so many callers at once, through the services.
struct RatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rates",
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
    guard StorePlace.Engine(rawValue: engine) != nil else {
      throw ValidationError("--engine is sqlite or postgres")
    }
  }

  func run() async throws {
    guard let engine = StorePlace.Engine(rawValue: engine) else { return }
    let total = Self.bookingCounts.map(\.count).reduce(50, +)
    let bench = try await BenchStore(engine, householdCount: total)
    let run = BookingRun(
      bench.client("iom/CONTACT_CENTRE"), slots: bench.slots.map(\.resourceName))
    var households = bench.households.map { HouseholdName($0) }[...]
    func take(_ count: Int) -> [HouseholdName] {
      defer { households = households.dropFirst(count) }
      return Array(households.prefix(count))
    }
    // Statements are prepared and pages read before anything is counted.
    _ = try await run.run(take(50), callers: 16)
    for (callers, count) in Self.bookingCounts {
      let trips = bench.roundTripCount
      let measured = try await run.run(take(count), callers: callers)
      report(
        "bookings", callers, measured, roundTrips: bench.roundTripCount - trips,
        callsEach: BookingRun.callsEach)
    }
    let trips = bench.roundTripCount
    let reads = try await read(bench, count: 20_000, callers: 16)
    report("reads", 16, reads, roundTrips: bench.roundTripCount - trips, callsEach: 1)
    try await bench.close()
  }

  private func report(
    _ what: String, _ callers: Int, _ measured: Callers.Measured, roundTrips: Int, callsEach: Int
  ) {
    let trips = Double(roundTrips) / Double(measured.count * callsEach)
    print(String(format: "%@ %d %.0f %.2f", what, callers, measured.perSecond, trips))
  }

  private func read(_ bench: BenchStore, count: Int, callers: Int) async throws -> Callers.Measured
  {
    let client = SafeMobility.OfficeServiceClient(bench.client("iom/CONTACT_CENTRE"))
    let name = "offices/\(bench.slots[0].service.office)"
    return try await Callers(count: callers).work(count) { _ in
      _ = try await client.getOffice(.with { $0.name = name })
    }
  }
}
