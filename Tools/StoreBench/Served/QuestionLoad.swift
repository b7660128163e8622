import RPCCore
import RPCTransportHTTP2
import Synchronization
import Trials

/// Calls that ask the same question, so many at once over some connections, until the time is up.
struct QuestionLoad {
  /// As in Tools/bench echo.
  private static let connectionCount = 8
  private static let callsPerConnection = 32
  /// What is not counted: connections, and whatever is made the first time.
  private static let warmUp: Duration = .seconds(1)

  let question: Question
  let target: String
  let seconds: Int

  /// How many calls were answered for each second of the server's CPU time.
  ///
  /// - Parameter cpuSeconds: the server's, so far
  func run(cpuSeconds: () -> Double) async throws -> Double {
    guard let endpoint = Endpoint(target) else { throw TrialFailure("no server at \(target)") }
    let channels = (0..<Self.connectionCount).map { _ in HTTP2Channel(endpoint: endpoint) }
    let progress = Progress()
    let rate = try await withThrowingTaskGroup(of: Void.self) { group in
      for channel in channels {
        for _ in 0..<Self.callsPerConnection {
          group.addTask(executorPreference: channel.executor) { try await call(channel, progress) }
        }
      }
      // The first of the calls that fails ends the measurement.
      group.addTask {
        try await Task.sleep(for: Self.warmUp + .seconds(seconds))
        progress.isOver.store(true, ordering: .relaxed)
      }
      try await Task.sleep(for: Self.warmUp)
      let before = (progress.callCount.load(ordering: .relaxed), cpuSeconds())
      try await Task.sleep(for: .seconds(seconds))
      let after = (progress.callCount.load(ordering: .relaxed), cpuSeconds())
      progress.isOver.store(true, ordering: .relaxed)
      try await group.waitForAll()
      return Double(after.0 - before.0) / (after.1 - before.1)
    }
    for channel in channels { await channel.close() }
    return rate
  }

  private final class Progress: Sendable {
    let next = Atomic(0)
    let callCount = Atomic(0)
    let isOver = Atomic(false)
  }

  private func call(_ channel: HTTP2Channel, _ progress: Progress) async throws {
    let metadata: Metadata = [
      "pasarela-dev-identity": "iom/CASEWORKER", "pasarela-purpose": "PROCESSING",
    ]
    while !progress.isOver.load(ordering: .relaxed) {
      let number =
        progress.next.wrappingAdd(1, ordering: .relaxed).oldValue % question.requests.count
      let answer = try await channel.unary(
        question.method, request: question.requests[number], metadata: metadata,
        options: CallOptions(timeout: .seconds(30)))
      guard try question.isRight(answer.message, number) else {
        throw TrialFailure("a wrong answer to \(question.name)")
      }
      progress.callCount.add(1, ordering: .relaxed)
    }
  }
}
