import ArgumentParser
import Foundation

/// `pasarela-store-bench storm`.
struct StormCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storm",
    abstract: "The opening minute: very many households want few seats of a real server.",
    discussion: """
      Starts pasarela-server, which lies beside this program, on a copy of a filled store. Each household lists slots, \
      holds seats and books them over HTTP/2 until it is booked or nothing is left for it; calls that the server is too \
      busy for are made again when it says so. Tells what was answered and how soon, and fails when anybody was not \
      answered, or `store check` or a count of the seats finds anything wrong.
      """)

  @OptionGroup var options: FillOptions

  @Option(help: "sqlite, or postgres, which is filled anew each time.")
  var engine = StorePlace.Engine.sqlite

  @Option(help: "Households.")
  var households = 20_000

  @Option(help: "Seats in all, a multiple of --seats-per-slot.")
  var seats = 2_000

  @Option(help: "Seats of one slot.")
  var seatsPerSlot = 50

  @Option(help: "Seconds in which all of them begin.")
  var arrival = 60

  @Option(help: "The core of the server; any by default.")
  var core: Int?

  func validate() throws {
    guard households > 0, seatsPerSlot > 0, seats > 0, seats % seatsPerSlot == 0, arrival >= 0
    else {
      throw ValidationError(
        "--households, --seats and --seats-per-slot must be at least 1, --seats a multiple of the latter"
      )
    }
    guard options.kept.plan.invitedCount >= households else {
      throw ValidationError(
        "--registrations must be at least \(households / 3 * 4 + 8) for so many households")
    }
  }

  func run() async throws {
    let trial = StormTrial(
      copies: try await StoreCopies(engine, options.kept), plan: options.kept.plan,
      householdCount: households, seatCount: seats, seatsPerSlot: seatsPerSlot,
      arrival: .seconds(arrival), core: core)
    let result = try await trial.run()
    tell(result)
    for finding in result.findings.prefix(20) { print("finding: \(finding)") }
    guard result.findings.isEmpty else { throw ExitCode(1) }
  }

  private func tell(_ result: StormTrial.Result) {
    let (check, outcome) = (result.check, result.outcome)
    print(
      String(
        format:
          "%d households in %.1f s, %.1f s of the server's CPU time: %d booked %d of %d seats, %d found nothing left, %d were not answered",
        outcome.answers.count, outcome.seconds, result.cpuSeconds, check.bookedCount,
        check.bookedSeatCount, seats, check.refusedCount,
        outcome.answers.count - check.bookedCount - check.refusedCount))
    for what in ["household", "list", "hold", "book"] {
      let times = outcome.times.all(what)
      guard let slowest = times.last else { continue }
      let milliseconds = [times[times.count / 2], times[times.count * 99 / 100], slowest].map {
        $0 / .milliseconds(1)
      }
      print(
        String(
          format: "%@ %d p50 %.1f p99 %.1f max %.1f ms", what, times.count, milliseconds[0],
          milliseconds[1], milliseconds[2]))
    }
  }
}
