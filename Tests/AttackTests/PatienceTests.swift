import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Those who take their time: T10 and T11. The limits are shorter than a real server's, which changes
/// nothing but the time these tests take.
@Suite("attacks: slowness", .serialized, .timeLimit(.minutes(10)))
struct PatienceTests {
  private static let patience = Duration.milliseconds(500)
  /// After the limit and a look each second the connection or call must be over; the rest is slack.
  private static let overAfterSeconds = 8.0
  private static let crowd = AttackBound.isFull ? 200 : 50

  private static func shorten(_ limits: inout HTTP2Server.Limits) {
    limits.setupTime = patience
    limits.headerBlockTime = patience
    limits.requestTime = patience
    limits.stallTime = patience
  }

  @Test("T10: a window of 0 ends the call that would write, and many of them hold up nobody")
  func zeroWindow() async throws {
    let world = ServedWorld()
    // Measured: 0.3 s and 3 MiB for fifty of them, 64 KiB each.
    let cost = AttackCost(
      peakGrowthKiB: AttackBound.flatKiB + Self.crowd * 64, handlerCount: Self.crowd)
    let outcome = try await world.attacked("T10 zero window", cost: cost, limits: Self.shorten) {
      port, _ in
      let sockets = try (0..<Self.crowd).map { _ in
        let socket = try AttackSocket(port: port)
        try socket.begin(settings: [(4, 0)])
        socket.send(AttackFrames.call(1, ServedWorld.Method.write.path))
        return socket
      }
      let start = Moment.now
      let count = sockets.count { socket in
        socket.read(within: Self.overAfterSeconds) { socket.heard.resetStreams[1] != nil }
      }
      return (reset: count, seconds: start.seconds)
    }
    #expect(outcome.value.reset == Self.crowd)
    #expect(outcome.value.seconds < Self.overAfterSeconds)
    // 64 KiB each, and the message that goes over it.
    #expect(outcome.handlers.writtenCount <= Self.crowd * 67)
  }

  @Test("T10: unary answers that find a window of 0 are thrown away in time")
  func zeroWindowUnary() async throws {
    let world = ServedWorld()
    let echo = ServedWorld.Method.echo.path
    let outcome = try await world.attacked("T10 unary", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 0)])
      let body = [UInt8](repeating: 1, count: 10_000)
      for id in AttackFrames.ids(90) { socket.send(AttackFrames.call(id, echo, body)) }
      socket.read(within: Self.overAfterSeconds) {
        socket.heard.resetStreams.count == 90 || socket.isClosed
      }
      return (socket.heard.resetStreams.count, socket.isClosed)
    }
    #expect(outcome.value.0 == 90 || outcome.value.1)
  }

  @Test("T10: a request that comes byte by byte is given up, one after the other as well")
  func dribble() async throws {
    let world = ServedWorld()
    let sleep = ServedWorld.Method.echo.path
    let outcome = try await world.attacked("T10 dribble", limits: Self.shorten) { port, _ in
      let sockets = try (0..<Self.crowd).map { _ in
        let socket = try AttackSocket(port: port)
        try socket.begin()
        socket.send(
          RawFrames.headers(1, AttackFrames.fields(sleep))
            + RawFrames.data(1, [0, 0, 0, 4, 0]))
        return socket
      }
      let start = Moment.now
      var open = sockets
      while !open.isEmpty, start.seconds < Self.overAfterSeconds {
        for socket in open { socket.send(RawFrames.data(1, [7])) }
        open.removeAll { $0.heard.endedStreams.contains(1) || $0.isClosed }
        Blocking.pause(milliseconds: 50)
      }
      return (left: open.count, seconds: start.seconds)
    }
    #expect(outcome.value.left == 0)
    #expect(outcome.handlers.running == 0)
  }

  @Test("T10: a client that takes no bytes off its socket is cut off, and its handlers end")
  func slowRead() async throws {
    let world = ServedWorld()
    let write = ServedWorld.Method.write.path
    // For each client a call's unsent bytes and a socket's, 64 KiB of each, twice for arrays that grow.
    let cost = AttackCost(
      cpuSeconds: AttackBound.seconds(Double(Self.crowd) * 0.05),
      peakGrowthKiB: AttackBound.flatKiB + Self.crowd * 256, handlerCount: Self.crowd)
    let outcome = try await world.attacked("T10 slow read", cost: cost, limits: Self.shorten) {
      port, _ in
      let sockets = try (0..<Self.crowd).map { _ in
        let socket = try AttackSocket(port: port, receiveByteCount: 4_096)
        try socket.begin(settings: [(4, 0x7FFF_FFFF)])
        socket.send(AttackFrames.windowUpdate(0, 0x7000_0000) + AttackFrames.call(1, write))
        return socket
      }
      let areOver = world.waits(Self.overAfterSeconds + 10) {
        $0.started == Self.crowd && $0.running == 0
      }
      return (areOver: areOver, sockets: sockets.count)
    }
    #expect(outcome.value.areOver)
    #expect(world.told.closeReasons.contains { $0.contains("takes no bytes") })
  }

  struct Stall: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var isTLS = false
    var bytes: [UInt8]
    /// Comes again and again.
    var trickle: [UInt8] = []
  }

  private static let head = RawFrames.block(AttackFrames.fields())
  private static let begun = RawFrames.preface + RawFrames.settings

  static let stalls = [
    Stall(testDescription: "nothing", bytes: []),
    Stall(testDescription: "nothing where a handshake is due", isTLS: true, bytes: []),
    Stall(
      testDescription: "half a handshake", isTLS: true, bytes: [22, 3, 1, 2, 0, 1, 0, 1, 0xFC]),
    Stall(testDescription: "half a preface", bytes: Array(RawFrames.preface.prefix(10))),
    Stall(testDescription: "a preface without SETTINGS", bytes: RawFrames.preface),
    Stall(
      testDescription: "half of SETTINGS",
      bytes: RawFrames.preface + Array(RawFrames.settings.prefix(5))),
    Stall(
      testDescription: "half a header block",
      bytes: begun + RawFrames.frame(1, id: 1, Array(head.prefix(20)))),
    Stall(
      testDescription: "a header block in a trickle of CONTINUATION",
      bytes: begun + RawFrames.frame(1, id: 1, Array(head.prefix(20))),
      trickle: RawFrames.frame(9, id: 1)),
  ]

  @Test("T11: who stops before there is a call is closed in time", arguments: stalls)
  func stall(_ stall: Stall) async throws {
    let tls = try stall.isTLS ? AttackCertificates.shared.get() : nil
    let outcome = try await ServedWorld().attacked(
      "T11 \(stall)", tls: tls, limits: Self.shorten
    ) { port, _ in
      let start = Moment.now
      let sockets = try (0..<Self.crowd).map { _ in
        let socket = try AttackSocket(port: port)
        socket.send(stall.bytes)
        return socket
      }
      var open = sockets
      while !open.isEmpty, start.seconds < Self.overAfterSeconds {
        for socket in open { socket.send(stall.trickle) }
        open.removeAll { $0.isClosed(within: 0.001) }
      }
      return (closed: sockets.count - open.count, seconds: start.seconds)
    }
    #expect(outcome.value.closed == Self.crowd)
    #expect(outcome.handlers.peak == 0)
    // Not sooner than the limit says, either: slow networks are no attack.
    #expect(stall.trickle.isEmpty ? outcome.value.seconds > 0.4 : true)
  }

  @Test("T11: a request without its message is given up")
  func noMessage() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T11 no message", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let head = AttackFrames.fields(ServedWorld.Method.echo.path)
      for id in AttackFrames.ids(90) { socket.send(RawFrames.headers(id, head)) }
      socket.read(within: Self.overAfterSeconds) { socket.heard.endedStreams.count == 90 }
      return socket.heard.endedStreams.count
    }
    #expect(outcome.value == 90)
    #expect(outcome.handlers.peak == 0)
  }
}
