import Testing
import Trials

@testable import StoreBench

/// The opening minute on a small scale, with a real server and real connections.
@Suite(.serialized) struct StormTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let householdCount = 200
  static let seatCount = 20

  @Test(.timeLimit(.minutes(5)), arguments: StorePlace.Engine.allCases)
  func `two hundred households for twenty seats are all answered`(
    engine: StorePlace.Engine
  ) async throws {
    let kept = KeptStore(FillPlan(count: Self.householdCount * 2), in: folder.path)
    let trial = StormTrial(
      copies: try await StoreCopies(engine, kept), plan: kept.plan,
      householdCount: Self.householdCount, seatCount: Self.seatCount, seatsPerSlot: 10,
      arrival: .seconds(1), core: nil)
    let result = try await trial.run()
    #expect(result.findings == [])
    let check = result.check
    #expect(check.bookedCount + check.refusedCount == Self.householdCount)
    // Among so many there are some who need one seat, so that none stays free.
    #expect(check.bookedSeatCount == Self.seatCount)
  }
}
