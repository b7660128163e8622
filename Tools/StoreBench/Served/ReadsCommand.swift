import ArgumentParser
import Domain
import Foundation
import StoreSamples
import Trials

/// `pasarela-store-bench reads`.
struct ReadsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reads",
    abstract: "Measures reads of a filled store through its server, beside echo calls.",
    discussion: """
      Starts pasarela-server on a copy of the store and pasarela-interop for the echo, which lie beside this program, on \
      one core, and calls both over HTTP/2 on loopback, 8 connections with 32 calls each. Prints `WHAT PER_SECOND` \
      lines: calls for each second of the server's CPU time, of all its threads and of the kernel for it.
      """)

  @OptionGroup var options: FillOptions

  @Option(help: "Seconds of each measurement.")
  var seconds = 3

  @Option(help: "The core of the servers.")
  var core = 0

  @Option(help: "Rounds, in each of which everything takes its turn.")
  var rounds = 3

  func validate() throws {
    guard seconds > 0, rounds > 0 else {
      throw ValidationError("--seconds and --rounds must be at least 1")
    }
  }

  func run() async throws {
    let copies = try await StoreCopies(.sqlite, options.kept)
    let samples = try StoredWorld()
    let plan = options.kept.plan
    try await copies.with { place in
      let slots = try await SlotsOnOffer.put(into: place, slotCount: 40, seatsPerSlot: 50)
      let questions = [
        try Question.office(samples), try .slot(samples, from: slots[0].start),
        try .registrations(plan, count: min(plan.count, 20_000)),
      ]
      let server = try ServedStore(place, core: core)
      let echo = try ServedStore.start(
        "pasarela-interop", ["server", "--listen", "127.0.0.1:0", "--loops", "1"], core: core)
      let echoTarget = try echo.waitUntilListening()
      for _ in 0..<rounds {
        for question in questions {
          let load = QuestionLoad(question: question, target: server.target, seconds: seconds)
          report(question, try await load.run { server.cpuSeconds })
        }
        let load = QuestionLoad(question: .echo, target: echoTarget, seconds: seconds)
        report(.echo, try await load.run { CPUTime.seconds(of: echo.pid) })
      }
      try server.stop()
      _ = try echo.stop()
    }
  }

  private func report(_ question: Question, _ rate: Double) {
    print(String(format: "%@ %.0f", question.name, rate))
  }
}
