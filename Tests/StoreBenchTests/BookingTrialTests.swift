import ArgumentParser
import Testing
import Trials

@testable import StoreBench

/// The yardstick beside the services does their work and no other: a replay that finds other rows ends.
@Suite struct BookingTrialTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(.timeLimit(.minutes(5)), arguments: StorePlace.Engine.allCases)
  func `what was recorded can be done again`(engine: StorePlace.Engine) async throws {
    let kept = KeptStore(FillPlan(count: 400), in: folder.path)
    let trial = BookingTrial(
      copies: try await StoreCopies(engine, kept), plan: kept.plan, rounds: 2,
      count: 40, callers: 16)
    let rounds = try await trial.run()
    #expect(rounds.count == 2)
    for round in rounds {
      #expect(round.services.count == 40)
      #expect(round.services.perSecond > 0)
      #expect(round.inOneTransaction > 0)
      #expect(round.oneByOne > 0)
    }
  }

  @Test func `the smallest store of the benchmark has households for three rounds, not for four`() {
    func parse(rounds: Int) throws {
      _ = try BookingsCommand.parse(["--registrations", "10000", "--rounds", "\(rounds)"])
    }
    #expect(throws: Never.self) { try parse(rounds: 3) }
    #expect(throws: (any Error).self) { try parse(rounds: 4) }
  }
}
