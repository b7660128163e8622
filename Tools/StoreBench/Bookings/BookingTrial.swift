import Domain
import Foundation
import RPCCore
import RPCTransportInProcess
import Services
import Storage
import StorageSQL

/// Bookings through the services, and the same statements again without anything around them.
struct BookingTrial {
  let copies: StoreCopies
  let plan: FillPlan
  let rounds: Int
  /// Households in a round.
  let count: Int
  let callers: Int

  /// What was measured in a round.
  struct Round {
    var services: Callers.Measured
    /// Bookings a second with all statements of the round in one transaction.
    var inOneTransaction = 0.0
    /// The same with a transaction for each call.
    var oneByOne = 0.0
  }

  private struct Recorded {
    var warmUp: [[RecordedStep]]
    var rounds: [[[RecordedStep]]]
  }

  func run() async throws -> [Round] {
    var (rounds, recorded) = try await copies.with { try await book($0) }
    let whole = try await replay(recorded) { try await $0.inOneTransaction($1) }
    let single = try await replay(recorded) { try await $0.oneByOne($1) }
    for index in rounds.indices {
      rounds[index].inOneTransaction = Double(count) / whole[index]
      rounds[index].oneByOne = Double(count) / single[index]
    }
    return rounds
  }

  /// How many households warm up statements and pages before anything is counted.
  private static let warmUpCount = 100

  /// How many invited households a trial of so many rounds takes.
  static func householdsNeeded(rounds: Int, count: Int) -> Int { warmUpCount + rounds * count }

  private func book(_ place: StorePlace) async throws -> ([Round], Recorded) {
    let slots = try await putSlots(into: place)
    let begin = ContinuousClock.now
    let kept = try place.open { StorePlace.morning }
    let secrets = try place.secrets(of: kept)
    try await kept.close()
    let engine = RecordingEngine(try place.engine())
    let store = SQLStore(
      engine,
      environment: .programme(vault: secrets.vault) {
        StorePlace.morning + begin.duration(to: .now)
      }
    ) { [] }
    let desk = try Desk(store: store, secrets: secrets)
    let run = BookingRun(
      RPCClient(
        transport: InProcessTransport(router: ProgrammeServices.router(at: desk)),
        metadata: [
          "pasarela-dev-identity": "iom/CONTACT_CENTRE", "pasarela-purpose": "PROCESSING",
        ]), slots: slots.map(\.resourceName))
    var households = try plan.households(
      plan.invited(Self.householdsNeeded(rounds: rounds, count: count)))[...]
    func take(_ count: Int) -> [HouseholdName] {
      defer { households = households.dropFirst(count) }
      return Array(households.prefix(count))
    }
    _ = try await run.run(take(Self.warmUpCount), callers: callers)
    var recorded = Recorded(warmUp: engine.takeUnits(), rounds: [])
    var measured: [Round] = []
    for _ in 0..<rounds {
      measured.append(Round(services: try await run.run(take(count), callers: callers)))
      recorded.rounds.append(engine.takeUnits())
    }
    try await store.close()
    return (measured, recorded)
  }

  /// So many slots that 256 callers seldom want the same, with seats enough for all.
  private func putSlots(into place: StorePlace) async throws -> [Slot] {
    let households = Self.householdsNeeded(rounds: rounds, count: count)
    return try await SlotsOnOffer.put(
      into: place, slotCount: 50, seatsPerSlot: (households / 50 + 1) * 8)
  }

  private func replay(
    _ recorded: Recorded, _ work: (Replay, [[RecordedStep]]) async throws -> Double
  ) async throws -> [Double] {
    try await copies.with { place in
      _ = try await putSlots(into: place)
      let engine = try place.engine()
      let replay = Replay(engine: engine)
      _ = try await work(replay, recorded.warmUp)
      var seconds: [Double] = []
      for round in recorded.rounds { seconds.append(try await work(replay, round)) }
      try await engine.close()
      return seconds
    }
  }
}
