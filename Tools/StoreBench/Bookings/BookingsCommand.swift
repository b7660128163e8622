import ArgumentParser
import Foundation

/// `pasarela-store-bench bookings`.
struct BookingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bookings",
    abstract:
      "Measures bookings on a filled store, beside the same statements without the services.",
    discussion: """
      Prints a line for each round: `BOOKINGS TRANSACTION COMMITS CALL_US FSYNC_US`. Bookings a second through the \
      services, a hold and a booking of a whole household, each durable before it is answered; the same statements in \
      one transaction; the same with a transaction for each call; the median time of a call, and of an fsync.
      """)

  @OptionGroup var options: FillOptions

  @Option(help: "sqlite, or postgres, which is filled anew each time.")
  var engine = StorePlace.Engine.sqlite

  @Option(help: "Rounds, each with other households.")
  var rounds = 3

  @Option(help: "Households in a round.")
  var households = 2_000

  @Option(help: "Callers at once.")
  var callers = 256

  func validate() throws {
    guard rounds > 0, households > 0, callers > 0 else {
      throw ValidationError("--rounds, --households and --callers must be at least 1")
    }
    let needed = BookingTrial.householdsNeeded(rounds: rounds, count: households)
    guard options.kept.plan.invitedCount >= needed else {
      throw ValidationError("--registrations is too small for so many rounds and households")
    }
  }

  func run() async throws {
    let trial = BookingTrial(
      copies: try await StoreCopies(engine, options.kept), plan: options.kept.plan, rounds: rounds,
      count: households, callers: callers)
    for round in try await trial.run() {
      let call = round.services.duration(0.5) / BookingRun.callsEach
      let fsync = try FsyncTime.median(in: FileManager.default.temporaryDirectory.path)
      print(
        String(
          format: "%.0f %.0f %.0f %.0f %.0f", round.services.perSecond, round.inOneTransaction,
          round.oneByOne, call / .microseconds(1), fsync / .microseconds(1)))
    }
  }
}

extension StorePlace.Engine: ExpressibleByArgument {}
