import Domain
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Trials

/// The opening minute: very many households want few seats, and each is to be answered.
struct Storm: Sendable {
  /// Connections to the server; a call centre's or a portal's, so each with many households.
  private static let connectionCount = 32
  /// How long a household's calls are made again while the server is too busy.
  private static let patience: Duration = .seconds(300)

  let households: [HouseholdName]
  let samples: StoredWorld
  /// In which they all begin, each at a random moment.
  let arrival: Duration
  let seed: UInt64

  /// What was answered, by household.
  struct Outcome: Sendable {
    var answers: [StormHousehold.Answer]
    var times: StormTimes
    var seconds: Double
  }

  /// - Parameter target: where the server listens
  func run(target: String) async throws -> Outcome {
    var configuration = SafeMobilityClient.Configuration()
    configuration.patience = Self.patience
    guard let identity = DevelopmentIdentity("iom/CONTACT_CENTRE") else {
      throw TrialFailure("no identity")
    }
    let clients = try (0..<Self.connectionCount).map { _ in
      try SafeMobilityClient(
        target: target, identity: .development(identity), purpose: .processing,
        configuration: configuration)
    }
    let begin = ContinuousClock.now
    let times = StormTimes()
    let answers = await withTaskGroup(of: (Int, StormHousehold.Answer).self) { group in
      for (index, moment) in moments.enumerated() {
        let household = household(households[index], clients[index % clients.count], times)
        group.addTask {
          try? await Task.sleep(for: moment)
          return (index, await times.measure("household") { await household.run() })
        }
      }
      return await group.reduce(into: [Int: StormHousehold.Answer]()) { $0[$1.0] = $1.1 }
    }
    let seconds = begin.duration(to: .now) / .seconds(1)
    for client in clients { await client.close() }
    return Outcome(
      answers: households.indices.map { answers[$0] ?? .failed("never answered") }, times: times,
      seconds: seconds)
  }

  private func household(
    _ name: HouseholdName, _ client: SafeMobilityClient, _ times: StormTimes
  ) -> StormHousehold {
    StormHousehold(
      name: name, office: "offices/\(samples.office.id)",
      service: "offices/\(samples.office.id)/services/\(samples.offer.id.code)", client: client,
      times: times)
  }

  private var moments: [Duration] {
    var random = SplitMix64(seed: seed)
    let span = Int64(arrival / .microseconds(1))
    return households.map { _ in .microseconds(Int64.random(in: 0...span, using: &random)) }
  }
}
