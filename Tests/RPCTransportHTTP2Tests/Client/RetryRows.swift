import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client's retries, as the service config has them (gRFC A6)", .timeLimit(.minutes(2)))
struct RetryRows {
  /// Up to four attempts, with short pauses, for UNAVAILABLE.
  static let policy = """
    "retryPolicy":{"maxAttempts":4,"initialBackoff":"0.02s","maxBackoff":"0.05s","backoffMultiplier":2,\
    "retryableStatusCodes":["UNAVAILABLE"]}
    """

  static func config(_ method: String, throttling: String = "") throws -> ServiceConfig {
    try ServiceConfig(json: "{\(throttling)\"methodConfig\":[{\"name\":[{}],\(method)}]}")
  }

  /// What each attempt is answered, in turn, on one connection; answers the requests as they came.
  static func attempts(
    _ config: ServiceConfig, _ answers: [@Sendable (Int32) -> [UInt8]],
    configure: @escaping @Sendable (inout HTTP2Channel.Configuration) -> Void = { _ in },
    _ body: @Sendable (HTTP2Channel) async throws -> Void
  ) async throws -> [RawServed.Request] {
    let seen = Mutex<[RawServed.Request]>([])
    try await ScriptedServer.with { connection in
      try connection.begin()
      for answer in answers {
        let request = try connection.request()
        seen.withLock { $0.append(request) }
        try connection.send(answer(request.id))
      }
      try connection.untilGone()
      #expect(connection.requests.count == answers.count)
    } configure: {
      $0.serviceConfig = config
      configure(&$0)
    } _: { channel in
      try await body(channel)
    }
    return seen.withLock { $0 }
  }

  private static let unavailable: @Sendable (Int32) -> [UInt8] = { Answers.only($0, "14") }
  private static let ok: @Sendable (Int32) -> [UInt8] = { Answers.ok($0) }

  @Test("A6: what fails with a code of the policy is sent again, and says how often it was")
  func retries() async throws {
    let requests = try await Self.attempts(
      Self.config(Self.policy), [Self.unavailable, Self.unavailable, Self.ok]
    ) { channel in
      let start = ContinuousClock.now
      let answer = try await channel.ask([3], metadata: ["x-a": "1"])
      #expect(answer == [7])
      // Both pauses: 20 and 40 ms, each less by a fifth at most.
      #expect(start.duration(to: .now) >= .milliseconds(48))
    }
    #expect(requests.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", "2"])
    #expect(requests.allSatisfy { $0.messages == [[3]] && $0.fields["x-a"] == "1" })
  }

  @Test("A6: after the last attempt its end is the call's")
  func exhausted() async throws {
    let last: @Sendable (Int32) -> [UInt8] = {
      Answers.only($0, "14", [("grpc-message", "the fourth")])
    }
    _ = try await Self.attempts(
      Self.config(Self.policy), [Self.unavailable, Self.unavailable, Self.unavailable, last]
    ) { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.message == "the fourth")
    }
  }

  @Test(
    "A6: a code that the policy does not name, and an answer that has begun, are final",
    arguments: 0..<3)
  func final(_ which: Int) async throws {
    let answers: [@Sendable (Int32) -> [UInt8]] = [
      { Answers.only($0, "5") },
      { Answers.head($0) + Answers.trailers($0, "14") },
      { Answers.head($0) + RawFrames.reset($0, 7) },
    ]
    _ = try await Self.attempts(Self.config(Self.policy), [answers[which]]) { channel in
      let error = await channel.failure()
      #expect(error?.code == (which == 0 ? .notFound : .unavailable))
    }
  }

  @Test("A6: grpc-retry-pushback-ms takes the place of the pause")
  func pushback() async throws {
    let later: @Sendable (Int32) -> [UInt8] = {
      Answers.only($0, "14", [("grpc-retry-pushback-ms", "200")])
    }
    _ = try await Self.attempts(Self.config(Self.policy), [later, Self.ok]) { channel in
      let start = ContinuousClock.now
      try await channel.ask()
      #expect(start.duration(to: .now) >= .milliseconds(200))
    }
  }

  @Test("A6: a pushback that is negative or no number ends it", arguments: ["-1", "soon"])
  func stopped(_ pushback: String) async throws {
    let stop: @Sendable (Int32) -> [UInt8] = {
      Answers.only($0, "14", [("grpc-retry-pushback-ms", pushback)])
    }
    _ = try await Self.attempts(Self.config(Self.policy), [stop]) { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
    }
  }

  @Test("A6: a throttle that is half empty stops retries")
  func throttle() async throws {
    let throttling = "\"retryThrottling\":{\"maxTokens\":4,\"tokenRatio\":1},"
    let answers = [Self.unavailable, Self.unavailable, Self.unavailable, Self.ok, Self.ok, Self.ok]
    _ = try await Self.attempts(
      Self.config(Self.policy, throttling: throttling),
      answers + [Self.unavailable, Self.ok]
    ) { channel in
      // 4 tokens: the first failure leaves 3 and is tried again, the second leaves 2, and that is half.
      let first = await channel.failure()
      #expect(first?.code == .unavailable)
      let second = await channel.failure()
      #expect(second?.code == .unavailable)
      // Three successes make it full again.
      for _ in 0..<3 { try await channel.ask() }
      try await channel.ask()
    }
  }

  @Test("A6: a request larger than what is kept for another attempt is sent once only")
  func overflow() async throws {
    _ = try await Self.attempts(Self.config(Self.policy), [Self.unavailable]) {
      $0.replayByteCountMax = 1000
    } _: { channel in
      let error = await channel.failure([UInt8](repeating: 0, count: 1001))
      #expect(error?.code == .unavailable)
    }
  }

  @Test(
    "A6: a call with streams is tried again as long as no answer has begun, with all it has sent")
  func streaming() async throws {
    let isSecond = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      let first = try connection.head()
      try connection.read { connection.request(first.id).messages.count == 1 }
      try connection.send(Answers.only(first.id, "14"))
      let second = try connection.head()
      #expect(second.fields["grpc-previous-rpc-attempts"] == "1")
      try connection.read { connection.request(second.id).messages.count == 1 }
      try connection.send(Answers.head(second.id))
      isSecond.set()
      try connection.read { connection.request(second.id).isEnded }
      #expect(connection.request(second.id).messages == [[1], [2]])
      try connection.send(Answers.message(second.id, [7]) + Answers.trailers(second.id))
      try connection.untilGone()
    } configure: {
      $0.serviceConfig = (try? Self.config(Self.policy)) ?? ServiceConfig()
    } _: { channel in
      let call = channel.stream(.bidirectionalStreaming)
      try await call.write([1], compressed: nil)
      await isSecond.passed()
      try await call.write([2], compressed: nil)
      call.finish()
      let (responses, error) = await call.all()
      #expect(responses == [[7]])
      #expect(error == nil)
    }
  }

  @Test("Q12: the deadline is the whole call's: it passes during a pause")
  func deadline() async throws {
    let later: @Sendable (Int32) -> [UInt8] = {
      Answers.only($0, "14", [("grpc-retry-pushback-ms", "60000")])
    }
    _ = try await Self.attempts(Self.config(Self.policy), [later]) { channel in
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(200)))
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test("C6: with a policy a lost connection is no end")
  func lost() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let request = try connection.request()
      if connection.index < 2 { return connection.close() }
      #expect(request.fields["grpc-previous-rpc-attempts"] == "2")
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
    } configure: {
      $0.serviceConfig = (try? Self.config(Self.policy)) ?? ServiceConfig()
    } _: { channel in
      let answer = try await channel.ask()
      #expect(answer == [7])
    }
  }

  // MARK: Hedging

  private static func hedging(_ delay: String, _ codes: String = "\"UNAVAILABLE\"") -> String {
    """
    "hedgingPolicy":{"maxAttempts":3,"hedgingDelay":"\(delay)","nonFatalStatusCodes":[\(codes)]}
    """
  }

  @Test(
    "A6: hedging: copies leave one by one, the first answer is the call's, the others are cancelled"
  )
  func hedged() async throws {
    let isCancelled = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      let copies = [try connection.request(), try connection.request(), try connection.request()]
      #expect(copies.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", "2"])
      #expect(copies.allSatisfy { $0.messages == [[3]] })
      try connection.send(Answers.ok(copies[1].id, [5]))
      #expect(try connection.reset(of: copies[0].id) == 8)
      #expect(try connection.reset(of: copies[2].id) == 8)
      isCancelled.set()
      try connection.untilGone()
      #expect(connection.requests.count == 3)
    } configure: {
      $0.serviceConfig = (try? Self.config(Self.hedging("0.02s"))) ?? ServiceConfig()
    } _: { channel in
      let answer = try await channel.ask([3])
      #expect(answer == [5])
      await isCancelled.passed()
      #expect(isCancelled.isSet)
    }
  }

  @Test(
    "A6: hedging: a failure that is not fatal sends the next copy at once, a fatal one ends the call"
  )
  func hedgedFailures() async throws {
    let requests = try await Self.attempts(
      Self.config(Self.hedging("60s")),
      [Self.unavailable, Self.ok, Self.unavailable, { Answers.only($0, "3") }]
    ) { channel in
      let start = ContinuousClock.now
      let answer = try await channel.ask()
      #expect(answer == [7])
      let error = await channel.failure()
      #expect(error?.code == .invalidArgument)
      #expect(start.duration(to: .now) < .seconds(20))
    }
    #expect(requests.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", nil, "1"])
  }

  @Test("A6: hedging: when all copies have failed the call has")
  func hedgedExhausted() async throws {
    _ = try await Self.attempts(
      Self.config(Self.hedging("60s")), [Self.unavailable, Self.unavailable, Self.unavailable]
    ) { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
    }
  }

  @Test("Q12: hedging: at the deadline all copies are cancelled")
  func hedgedDeadline() async throws {
    let areReset = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      let ids = [try connection.request().id, try connection.request().id]
      for id in ids { #expect(try connection.reset(of: id) == 8) }
      areReset.set()
      try connection.untilGone()
    } configure: {
      $0.serviceConfig = (try? Self.config(Self.hedging("0.15s"))) ?? ServiceConfig()
    } _: { channel in
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(280)))
      #expect(error?.code == .deadlineExceeded)
      await areReset.passed()
      #expect(areReset.isSet)
    }
  }
}
