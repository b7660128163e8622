import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of deadlines: Q10, Q12, D7", .timeLimit(.minutes(2)))
struct TimeoutRows {
  static let unreadableTexts = [
    "", "1", "S", "S1", "100000000S", "-1S", "+1S", "1.5S", "1 S", "1s", "1h", "1us", "1SS", "0x1S",
    "１S", "1S,2S",
  ]

  @Test("Q10: a timeout that cannot be read is HTTP 400 and INTERNAL", arguments: unreadableTexts)
  func unreadable(_ value: String) async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      for (_, method) in WireWorld.echoes {
        let fields = Wire.fields(method, [("grpc-timeout", value)])
        let answer = try client.call(fields, body: Wire.message([1]))
        #expect(answer.headers[":status"] == "400")
        #expect(answer.status == "13" && answer.isTrailersOnly)
      }
    }
    #expect(world.lastSeen.startedCount == 0)
  }

  @Test("Q10: two timeouts are HTTP 400 and INTERNAL")
  func twice() async throws {
    let answer = try await Wire.withClient { client in
      try client.call(
        Wire.fields() + [("grpc-timeout", "1S"), ("grpc-timeout", "1S")], body: Wire.message([1]))
    }
    #expect(answer.headers[":status"] == "400" && answer.status == "13")
  }

  static let readable: [(String, Duration)] = [
    ("1H", .seconds(3600)), ("1M", .seconds(60)), ("20S", .seconds(20)),
    ("00000020S", .seconds(20)), ("20000m", .seconds(20)), ("20000000u", .seconds(20)),
    ("99999999u", .microseconds(99_999_999)), ("99999999m", .milliseconds(99_999_999)),
    ("99999999S", .seconds(99_999_999)),
  ]

  @Test("Q10: a handler knows what is left of its caller's patience", arguments: readable)
  func remaining(_ value: String, _ whole: Duration) async throws {
    for (_, method) in WireWorld.echoes {
      let world = WireWorld()
      let answer = try await Wire.withClient(world.router) { client in
        try client.call(Wire.fields(method, [("grpc-timeout", value)]), body: Wire.message([1]))
      }
      #expect(answer.status == "0")
      let remaining = try #require(world.lastSeen.remaining)
      #expect(remaining <= whole)
      #expect(remaining > whole - .seconds(10))
    }
  }

  @Test("Q10: the longest timeout there is does not overflow, and none is none")
  func extremes() async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      let long = try client.call(
        Wire.fields("Echo", [("grpc-timeout", "99999999H")]), body: Wire.message([1]))
      #expect(long.status == "0")
      #expect(world.lastSeen.remaining.map { $0 > .seconds(3600 * 24 * 365) } ?? true)
      let none = try client.call(Wire.fields(), body: Wire.message([1]))
      #expect(none.status == "0")
      #expect(world.lastSeen.remaining == nil)
    }
  }

  @Test(
    "D7: a deadline that had passed on arrival is answered without a handler",
    arguments: ["0S", "0n", "00000000H"])
  func expired(_ value: String) async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      for (_, method) in WireWorld.echoes {
        let fields = Wire.fields(method, [("grpc-timeout", value)])
        let answer = try client.call(fields, body: Wire.message([1]))
        #expect(answer.status == "4" && answer.isTrailersOnly)
        #expect(answer.headers[":status"] == "200")
      }
    }
    #expect(world.lastSeen.startedCount == 0)
  }

  static let sleepers = ["Sleep", "SleepDown", "SleepUp", "SleepBoth"]

  @Test(
    "Q12, D7: a deadline that passes cancels the handler and is told, then the stream is reset",
    arguments: sleepers)
  func passes(_ method: String) async throws {
    let world = WireWorld()
    try await Wire.withServer(world.router) { port in
      let frames = try await Wire.blocking {
        let connection = try RawConnection(port: port)
        // The end of the request is still to come where more than one may come.
        let isOpen = method == "SleepUp" || method == "SleepBoth"
        try connection.socket.send(
          RawFrames.headers(1, Wire.fields(method, [("grpc-timeout", "200m")]))
            + RawFrames.data(1, Wire.message([1]), endsStream: !isOpen))
        let end = try connection.first { $0.id == 1 && $0.endsStream }
        return try [end].compactMap { $0 } + connection.frames(beforePong: 1)
      }
      #expect(frames.first?.isHeaders == true)
      // Where the client had ended the stream is closed already, and there is nothing to reset. Any other code
      // than NO_ERROR would have a stock client forget the status before it.
      #expect(frames.count == (method == "SleepUp" || method == "SleepBoth" ? 2 : 1))
      #expect(frames.dropFirst().allSatisfy { $0.isReset && $0.code == 0 })
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
    }
  }

  @Test("D7: the status of a deadline that passes in the handler", arguments: sleepers)
  func status(_ method: String) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields(method, [("grpc-timeout", "50m")]), body: Wire.message([1]))
    }
    #expect(answer.status == "4" && answer.isTrailersOnly)
  }

  @Test("D7: a deadline that passes before the request is complete is told, too")
  func incomplete() async throws {
    let world = WireWorld()
    let answer = try await Wire.withClient(world.router) { client in
      let id = try client.open {
        RawFrames.headers($0, Wire.fields("Echo", [("grpc-timeout", "50m")]))
      }
      return try client.answer(to: id)
    }
    #expect(answer.status == "4")
    #expect(world.lastSeen.startedCount == 0)
  }

  @Test(
    "Q12: a server's own limit holds for callers with more time and for those without a deadline",
    arguments: [nil, "1H", "99999999H"])
  func clamp(_ timeout: String?) async throws {
    for method in Self.sleepers {
      let world = WireWorld()
      let answer = try await Wire.withClient(
        world.router, configure: Wire.setting { $0.limits.callTimeMax = .milliseconds(200) }
      ) { client in
        try client.call(Wire.fields(method, [("grpc-timeout", timeout)]), body: Wire.message([1]))
      }
      #expect(answer.status == "4")
      #expect(world.lastSeen.remaining.map { $0 <= .milliseconds(200) } == true)
    }
  }

  /// Calls on, with what is left of its own caller's time.
  private struct Relay: RPCService {
    static let serviceName = "wire.v1.Relay"
    let next: HTTP2Channel

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          MethodDescriptor(service: Self.serviceName, method: "Call", kind: .unary),
          .unary { request, call in
            try await next.unary(
              WireWorld.method("Echo", .unary), request: request, metadata: [:],
              options: CallOptions(deadline: call.deadline)
            ).message
          })
      ]
    }
  }

  @Test("Q11: a deadline goes on with the calls that a handler makes, less what has passed")
  func propagation() async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(world.router) { address, _ in
      let next = HTTP2Channel(endpoint: address)
      let relay = Router(services: [Relay(next: next)])
      let path = (":path", "/wire.v1.Relay/Call" as String?)
      let answer = try await Wire.withClient(relay) { client in
        try client.call(
          Wire.fields("", [path, ("grpc-timeout", "20S")]), body: Wire.message([5]))
      }
      #expect(answer.body == Wire.message([5]))
      let remaining = try #require(world.lastSeen.remaining)
      #expect(remaining < .seconds(20) && remaining > .seconds(10))
      let patient = try await Wire.withClient(relay) { client in
        try client.call(Wire.fields("", [path]), body: Wire.message([6]))
      }
      #expect(patient.status == "0")
      #expect(world.lastSeen.remaining == nil)
      await next.close()
    }
  }
}
