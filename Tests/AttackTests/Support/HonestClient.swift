import RPCCore
import RPCTransportHTTP2

/// Somebody who only wants to be served: unary calls one after the other on a connection of its own, each
/// with a deadline. Most are small, some carry a body; streams are its companion's, `HonestStreams`.
struct HonestClient: Sendable {
  /// What it saw.
  struct Record: Sendable {
    var callCount = 0
    var worst = Duration.zero
    var failures: [String] = []
    /// Calls with a body, and streams, among them.
    var bodyCount = 0
    var streamCount = 0
    /// Calls under way at most, the honest ones among them, as the program itself says.
    var openCallPeak = 0

    mutating func note(took: Duration, failure: String?) {
      callCount += 1
      worst = max(worst, took)
      if let failure { failures.append(failure) }
    }

    mutating func add(_ other: Record) {
      callCount += other.callCount
      worst = max(worst, other.worst)
      failures += other.failures
      bodyCount += other.bodyCount
      streamCount += other.streamCount
    }
  }

  /// Whom it calls: "SERVICE/METHOD" of methods that give back what they get.
  enum Served {
    /// `pasarela-interop`, which also counts its calls.
    case program
    /// `ServedWorld`.
    case world

    fileprivate var unary: String { self == .program ? "anchor.v1.Echo/Unary" : "\(world)/Honest" }
    fileprivate var bidi: String {
      self == .program ? "anchor.v1.Echo/Bidi" : "\(world)/HonestTalk"
    }
    private var world: String { ServedWorld.serviceName }
  }

  /// The deadline of each call. A served call takes a millisecond or so here; this is long enough that a
  /// machine with other work to do does not fail a test, and far below what a starved client waits.
  static let deadline = Duration.seconds(5)

  let channel: HTTP2Channel
  /// Nothing on a socket of the file system.
  let streams: HonestStreams?
  private let served: Served
  private let echo: MethodDescriptor

  init(_ address: Endpoint, _ served: Served, tls: ClientTLSConfiguration? = nil) {
    self.served = served
    channel = HTTP2Channel(endpoint: address, tls: tls)
    let names = served.unary.split(separator: "/").map(String.init)
    echo = MethodDescriptor(service: names[0], method: names[1], kind: .unary)
    if case .tcp(_, let port) = address {
      streams = HonestStreams(
        port: port, path: "/\(served.bidi)", certificate: tls?.trustRootsPath)
    } else {
      streams = nil
    }
  }

  /// Calls until its task is cancelled, which ends no call early.
  func callUntilCancelled() async -> Record {
    var record = Record()
    while !Task.isCancelled {
      record = await Task { [self, record] in await next(record) }.value
      try? await Task.sleep(for: .milliseconds(2))
    }
    return record
  }

  /// Calls so often.
  func call(times count: Int) async -> Record {
    var record = Record()
    for _ in 0..<count { record = await next(record) }
    return record
  }

  /// EchoRequest{payload: [7, 8, 9]}
  private static let small: [UInt8] = [0x0A, 3, 7, 8, 9]
  /// EchoRequest{payload: 256 KiB}
  private static let body = [0x0A, 0x80, 0x80, 0x10] + [UInt8](repeating: 9, count: 256 << 10)
  /// Of so many calls the first has a body, and after it the program is asked for its count.
  private static let round = 20

  private func next(_ record: Record) async -> Record {
    var record = record
    let hasBody = record.callCount % Self.round == 0
    await call(hasBody ? Self.body : Self.small, in: &record)
    if hasBody {
      record.bodyCount += 1
      if served == .program { await countOpenCalls(in: &record) }
    }
    return record
  }

  private func call(_ request: [UInt8], in record: inout Record) async {
    let start = ContinuousClock.now
    do {
      let answer = try await channel.unary(
        echo, request: request, metadata: [:], options: CallOptions(timeout: Self.deadline))
      let failure = answer.message == request ? nil : "another answer"
      record.note(took: start.duration(to: .now), failure: failure)
    } catch {
      record.note(took: start.duration(to: .now), failure: "\(error.code): \(error.message)")
    }
  }

  private func countOpenCalls(in record: inout Record) async {
    do {
      record.openCallPeak = max(record.openCallPeak, try await callCounts().open)
    } catch {
      record.failures.append("channelz: \(error)")
    }
  }

  /// What the program has counted, this call among the rest.
  func callCounts() async throws -> CallCounts {
    let answer = try await channel.unary(
      CallCounts.method, request: [], metadata: [:], options: CallOptions(timeout: Self.deadline))
    return try CallCounts(response: answer.message)
  }
}
