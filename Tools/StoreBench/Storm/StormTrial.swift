import Domain
import StorageSQL
import StoreSamples

/// A storm on a filled store behind a real server.
struct StormTrial {
  let copies: StoreCopies
  let plan: FillPlan
  let householdCount: Int
  let seatCount: Int
  /// Seats of one slot.
  let seatsPerSlot: Int
  let arrival: Duration
  /// The core of the server; nil for any.
  let core: Int?

  /// What came of it.
  struct Result {
    var outcome: Storm.Outcome
    var check: StormCheck
    /// What the server has cost.
    var cpuSeconds: Double
    /// Everything found wrong.
    var findings: [String]
  }

  func run() async throws -> Result {
    try await copies.with { place in
      let slots = try await SlotsOnOffer.put(
        into: place, slotCount: seatCount / seatsPerSlot, seatsPerSlot: seatsPerSlot)
      let households = try plan.households(plan.invited(householdCount))
      let server = try ServedStore(place, core: core)
      let storm = Storm(
        households: households, samples: try StoredWorld(), arrival: arrival, seed: 1)
      let outcome = try await storm.run(target: server.target)
      let cpuSeconds = server.cpuSeconds
      try server.stop()
      let check = StormCheck(slots: slots, households: households, answers: outcome.answers)
      let store = try place.inspecting()
      let findings = try await check.findings(in: store)
      try await store.close()
      return Result(
        outcome: outcome, check: check, cpuSeconds: cpuSeconds, findings: findings)
    }
  }
}
