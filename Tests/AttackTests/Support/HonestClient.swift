import RPCCore
import RPCTransportHTTP2

/// Somebody who only wants to be served: unary calls one after the other on a connection of its own, each
/// with a deadline.
struct HonestClient: Sendable {
  /// What it saw.
  struct Record: Sendable {
    var callCount = 0
    var worst = Duration.zero
    var failures: [String] = []
  }

  /// The deadline of each call. A served call takes a millisecond or so here; this is long enough that a
  /// machine with other work to do does not fail a test, and far below what a starved client waits.
  static let deadline = Duration.seconds(5)

  let channel: HTTP2Channel
  private let echo: MethodDescriptor

  /// - Parameter path: "SERVICE/METHOD" of a unary method that gives its request back
  init(
    _ address: Endpoint, path: String = "anchor.v1.Echo/Unary", tls: ClientTLSConfiguration? = nil
  ) {
    channel = HTTP2Channel(target: address, tls: tls)
    let names = path.split(separator: "/").map(String.init)
    echo = MethodDescriptor(service: names[0], method: names[1], kind: .unary)
  }

  /// Calls until its task is cancelled, which ends no call early.
  func callUntilCancelled() async -> Record {
    var record = Record()
    while !Task.isCancelled {
      await Task { [self] in await call() }.value.note(in: &record)
      try? await Task.sleep(for: .milliseconds(2))
    }
    return record
  }

  /// Calls so often.
  func call(times count: Int) async -> Record {
    var record = Record()
    for _ in 0..<count { await call().note(in: &record) }
    return record
  }

  private struct Outcome: Sendable {
    var took: Duration
    var failure: String?

    func note(in record: inout Record) {
      record.callCount += 1
      record.worst = max(record.worst, took)
      if let failure { record.failures.append(failure) }
    }
  }

  private func call() async -> Outcome {
    let request: [UInt8] = [0x0A, 3, 7, 8, 9]  // EchoRequest{payload: [7, 8, 9]}
    let start = ContinuousClock.now
    do {
      let answer = try await channel.unary(
        echo, request: request, metadata: [:],
        options: CallOptions(timeout: Self.deadline))
      let failure = answer.message == request ? nil : "another answer"
      return Outcome(took: start.duration(to: .now), failure: failure)
    } catch {
      return Outcome(took: start.duration(to: .now), failure: "\(error.code): \(error.message)")
    }
  }
}
