import RPCCore
import RPCTransportHTTP2
import Testing
import Trials

/// Two servers under load, of which one after the other is stopped and started again: no call may fail, and
/// new ones must find the server that is left.
@Suite("a rollout under load", .serialized, .timeLimit(.minutes(10)))
struct RolloutTests {
  private static let roundCount = AttackBound.isFull ? 20 : 4
  /// The server's grace is 30 seconds; the longest call takes half a second.
  private static let endsWithinSeconds = AttackBound.isSanitized ? 30.0 : 15.0

  @Test("SIGTERM to one of two servers fails no call, and new calls are answered by the other")
  func rawClients() async throws {
    let pair = try ServerPair()
    defer { pair.kill() }
    let ports = pair.ports
    let loads = (0..<4).map { RoamingLoad(ports: $0 % 2 == 0 ? ports : ports.reversed()) }
    let runs = loads.map { load in Task { await Blocking.run { load.run() } } }
    for round in 0..<Self.roundCount {
      try await Self.answered(200, more: loads)
      #expect(try await pair.stop(round % 2, within: Self.endsWithinSeconds) == 0)
      // There is only the other now.
      try await Self.answered(200, more: loads)
      try await pair.start(round % 2)
    }
    for load in loads { load.stop() }
    for run in runs { _ = await run.value }
    print("rollout: \(loads.map(\.tally))")
    try Self.expectCost(of: pair, callCount: loads.reduce(0) { $0 + $1.tally.answered })
    for tally in loads.map(\.tally) {
      #expect(tally.failed == [])
      #expect(tally.answeredStreams > 0)
      #expect(tally.answeredElsewhere > 0)
    }
  }

  /// Measured: 0.8 s for 15,000 calls of raw clients, and as much for 5,000 of grpcio, the starts of six
  /// servers with it.
  private static func expectCost(of pair: ServerPair, callCount: Int) throws {
    let spent = try pair.cpuSeconds()
    print("rollout: cpu \(spent) s for \(callCount) calls")
    let startCount = 2 + roundCount
    #expect(spent < AttackBound.seconds(Double(callCount) * 0.0002 + Double(startCount) * 0.25))
  }

  /// Waits until each load has so many more answers.
  private static func answered(_ count: Int, more loads: [RoamingLoad]) async throws {
    let before = loads.map(\.tally.answered)
    let start = Moment.now
    while zip(loads, before).contains(where: { $0.tally.answered < $1 + count }) {
      guard start.seconds < 20 else { throw AttackFailure("calls are answered no more") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test("SIGTERM to one of two servers fails no call of grpcio, which calls both in turn")
  func stockClient() async throws {
    let pair = try ServerPair()
    defer { pair.kill() }
    let addresses = pair.ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    // Ends when its input does.
    let input = try StockLoad(Self.program, ["ipv4:" + addresses])
    for round in 0..<Self.roundCount {
      let stopped = round % 2
      // Both are called, so that the one that is left is known already when the other goes.
      try await Self.isCalled(pair.ports[0])
      try await Self.isCalled(pair.ports[1])
      #expect(try await pair.stop(stopped, within: Self.endsWithinSeconds) == 0)
      try await Self.isCalled(pair.ports[1 - stopped])
      try await pair.start(stopped)
    }
    let said = try await input.end()
    print("rollout, grpcio: \(said)")
    let words = said.split(separator: " ")
    #expect(words.count == 3)
    #expect(words.first.flatMap { Int($0) } ?? 0 > 200)
    #expect(words.dropFirst().first.flatMap { Int($0) } ?? 0 > 10)
    #expect(words.last == "0", "\(said)")
    try Self.expectCost(of: pair, callCount: words.prefix(2).reduce(0) { $0 + (Int($1) ?? 0) })
  }

  /// Waits until a server's calls grow, beside those that ask.
  private static func isCalled(_ port: Int) async throws {
    let asking = HonestClient(.tcp(host: "127.0.0.1", port: port), .program)
    let start = Moment.now
    let before = try await asking.callCounts().started
    var askedCount = 0
    while start.seconds < 20 {
      askedCount += 1
      if try await asking.callCounts().started >= before + askedCount + 20 {
        return await asking.channel.close()
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw AttackFailure("nobody calls \(port)")
  }

  /// Prints how many unary calls and streams were answered, and how many calls failed. Nothing is tried again
  /// but what gRPC itself tries again: calls that no server has seen.
  private static let program = """
    import sys, threading, grpc
    options = [("grpc.service_config", '{"loadBalancingConfig":[{"round_robin":{}}]}'),
               ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100),
               ("grpc.max_reconnect_backoff_ms", 300)]
    channel = grpc.insecure_channel(sys.argv[1], options)
    grpc.channel_ready_future(channel).result(timeout=20)
    unary = channel.unary_unary("/anchor.v1.Echo/Unary")
    stream = channel.unary_stream("/grpc.testing.TestService/StreamingOutputCall")
    slow = bytes([0x12, 6, 8, 10, 0x10, 0xA0, 0x9C, 0x01]) * 10
    stop, counts, lock = threading.Event(), {"unary": 0, "stream": 0, "failed": 0}, threading.Lock()
    def load(kind, call):
        while not stop.is_set():
            try:
                call()
                result = kind
            except grpc.RpcError as error:
                print(kind, error.code(), error.details(), file=sys.stderr)
                result = "failed"
            with lock:
                counts[result] += 1
    def one():
        assert unary(bytes([0x0A, 1, 9]), timeout=10) == bytes([0x0A, 1, 9])
    def many():
        assert len(list(stream(slow, timeout=10))) == 10
    threads = [threading.Thread(target=load, args=each)
               for each in [("unary", one), ("stream", many)] * 4]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(counts["unary"], counts["stream"], counts["failed"])
    """
}
