import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Those who begin well and then take their time: more of T10 and T11. As in the other tests of slowness the
/// limits are shorter than a real server's.
@Suite("attacks: pace", .serialized, .timeLimit(.minutes(5)))
struct PaceTests {
  private static let patience = Duration.milliseconds(500)
  /// After the limit and a look each second it must be over; the rest is slack.
  private static let overAfterSeconds = 8.0
  private static let echo = ServedWorld.Method.echo.path
  /// The head of a message of 4 MiB − 1.
  private static let largePrefix: [UInt8] = [0, 0, 0x3F, 0xFF, 0xFF]

  private static func shorten(_ limits: inout HTTP2Server.Limits) {
    limits.requestTime = patience
    limits.stallTime = patience
  }

  @Test("T11: a request that came fast and then stops is given up, whatever it has brought")
  func fastThenSilent() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T11 stop", limits: Self.shorten) { port, _ in
      let sockets = try (0..<4).map { _ in
        let socket = try AttackSocket(port: port)
        try socket.begin()
        let chunk = [UInt8](repeating: 1, count: 16_384)
        socket.send(
          RawFrames.headers(1, AttackFrames.fields(Self.echo))
            + RawFrames.data(1, Self.largePrefix)
            + (0..<60).flatMap { _ in RawFrames.data(1, chunk) })
        return socket
      }
      let start = Moment.now
      let ended = sockets.count { socket in
        socket.read(within: Self.overAfterSeconds) { socket.heard.endedStreams.contains(1) }
      }
      return (ended: ended, seconds: start.seconds)
    }
    #expect(outcome.value.ended == 4)
    #expect(world.told.ended[.deadlineExceeded] == 4)
  }

  @Test("a request that keeps coming has all the time that it needs")
  func steady() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("steady", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let body = AttackFrames.message([UInt8](repeating: 1, count: 30_000))
      socket.send(RawFrames.headers(1, AttackFrames.fields(Self.echo)))
      // Some 10 KiB a second, where one is asked for.
      let start = Moment.now
      for from in stride(from: 0, to: body.count, by: 1_000) {
        let piece = Array(body[from..<min(from + 1_000, body.count)])
        let isLast = from + 1_000 >= body.count
        socket.send(RawFrames.data(1, piece, endsStream: isLast))
        Blocking.pause(milliseconds: 80)
      }
      socket.read(within: 5) { socket.heard.endedStreams.contains(1) }
      return (bytes: socket.heard.dataByteCounts[1], seconds: start.seconds)
    }
    #expect(outcome.value.bytes == 30_005)
    #expect(outcome.value.seconds > 2)
  }

  @Test("requests that wait for each other on a slow link are all in time")
  func steadyTogether() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("steady together", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let body = AttackFrames.message([UInt8](repeating: 1, count: 15_000))
      for id in AttackFrames.ids(2) {
        socket.send(RawFrames.headers(id, AttackFrames.fields(Self.echo)))
      }
      // The second waits for two seconds and a half for the first.
      for id in AttackFrames.ids(2) {
        for from in stride(from: 0, to: body.count, by: 500) {
          let piece = Array(body[from..<min(from + 500, body.count)])
          socket.send(RawFrames.data(id, piece, endsStream: from + 500 >= body.count))
          Blocking.pause(milliseconds: 80)
        }
      }
      socket.read(within: 5) { socket.heard.endedStreams.count == 2 }
      return [socket.heard.dataByteCounts[1], socket.heard.dataByteCounts[3]]
    }
    #expect(outcome.value == [15_005, 15_005])
  }

  @Test("answers that wait for each other on a slow link are all delivered")
  func steadyAnswers() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("steady answers", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 16 << 20)])
      // The connection's window of 65,535 is gone at once; then some 20 KiB a second.
      let body = [UInt8](repeating: 1, count: 50_000)
      for id in AttackFrames.ids(3) { socket.send(AttackFrames.call(id, Self.echo, body)) }
      let start = Moment.now
      while start.seconds < 30, socket.heard.endedStreams.count < 3, socket.heard.resetCount == 0 {
        socket.send(AttackFrames.windowUpdate(0, 2_000))
        socket.read(within: 0.1)
      }
      return (
        bytes: AttackFrames.ids(3).map { socket.heard.dataByteCounts[$0] }, seconds: start.seconds
      )
    }
    #expect(outcome.value.bytes == [50_005, 50_005, 50_005])
    #expect(outcome.value.seconds > 3)
  }

  @Test(
    "T10: what a streaming handler wrote and nobody takes is given up, whether it has ended or not")
  func unreadStreams() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 unread", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 0)])
      let talk = ServedWorld.Method.talk.path
      let message = RawFrames.data(1, AttackFrames.message([1, 2, 3]))
      // One whose handler waits for more, and one whose handler has failed for want of a whole message.
      socket.send(RawFrames.headers(1, AttackFrames.fields(talk)) + message)
      socket.send(
        RawFrames.headers(3, AttackFrames.fields(talk))
          + RawFrames.data(3, AttackFrames.message([1, 2, 3]) + [0, 0], endsStream: true))
      socket.read(within: Self.overAfterSeconds) { socket.heard.resetStreams.count == 2 }
      return socket.heard.resetStreams
    }
    #expect(outcome.value == [1: 8, 3: 8])
  }

  @Test("a stream whose handler is slow is not blamed on its client")
  func slowHandler() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("slow handler", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      // A whole message that nobody takes, and half of the next.
      let message = AttackFrames.message([UInt8](repeating: 1, count: 1_000))
      socket.send(
        RawFrames.headers(1, AttackFrames.fields(ServedWorld.Method.ignore.path))
          + RawFrames.data(1, message + message.prefix(500)))
      socket.read(within: 3) { socket.heard.endedStreams.contains(1) }
      return socket.heard.endedStreams.contains(1) || socket.heard.resetStreams[1] != nil
    }
    #expect(!outcome.value)
  }

  @Test("what a handler takes late has its time from then on")
  func lateHandler() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("late handler") { limits in
      limits.requestTime = .seconds(3)
    } _: { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      // More messages than are cut out ahead of their reader, and half of one.
      let small = AttackFrames.message([UInt8](repeating: 1, count: 50))
      socket.send(
        RawFrames.headers(1, AttackFrames.fields(ServedWorld.Method.late.path))
          + RawFrames.data(
            1, (0..<100).flatMap { _ in small } + AttackFrames.message([1, 2, 3]).prefix(6)))
      _ = world.waits { $0.readCount == 100 }
      socket.read(within: 1.5) { socket.heard.endedStreams.contains(1) }
      return socket.heard.endedStreams.contains(1)
    }
    #expect(!outcome.value)
    #expect(outcome.handlers.readCount == 100)
  }

  @Test("T10: a large answer that is taken byte by byte is given up")
  func slowTaker() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 byte by byte", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 0)])
      socket.send(AttackFrames.call(1, Self.echo, [UInt8](repeating: 1, count: 200_000)))
      let start = Moment.now
      while start.seconds < Self.overAfterSeconds, socket.heard.resetStreams[1] == nil {
        socket.send(AttackFrames.windowUpdate(1, 1))
        socket.read(within: 0.05) { socket.heard.resetStreams[1] != nil }
      }
      return (code: socket.heard.resetStreams[1], bytes: socket.heard.dataByteCounts[1] ?? 0)
    }
    #expect(outcome.value.code == 8)
    #expect(outcome.value.bytes > 0)
  }

  @Test("T10: a deadline ends an answer that waits for its client, long after the handler")
  func deadlineAfterHandler() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 deadline") { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 0)])
      let fields = AttackFrames.fields(Self.echo, [("grpc-timeout", "500m")])
      socket.send(
        RawFrames.headers(1, fields)
          + RawFrames.data(1, AttackFrames.message([1, 2, 3]), endsStream: true))
      let start = Moment.now
      socket.read(within: Self.overAfterSeconds) { socket.heard.resetStreams[1] != nil }
      return (code: socket.heard.resetStreams[1], seconds: start.seconds)
    }
    #expect(outcome.value.code == 8)
    #expect(outcome.value.seconds > 0.4)
  }

  @Test("T10: a client that is gone is found out in a graceful end, too")
  func keepaliveInDrain() async throws {
    let world = ServedWorld()
    func configure(_ configuration: inout HTTP2Server.Configuration) {
      configuration.limits.keepaliveTime = .milliseconds(300)
      configuration.limits.keepaliveTimeout = .milliseconds(500)
      configuration.shutdownGrace = .seconds(30)
    }
    let (isClosed, seconds) = try await world.serve(configure: configure) { _, port, server in
      try await Blocking.run {
        let socket = try AttackSocket(port: port)
        try socket.begin()
        socket.send(AttackFrames.call(1, ServedWorld.Method.sleep.path))
        _ = world.waits { $0.running == 1 }
        let start = Moment.now
        server.shutdownGracefully()
        return (socket.isClosed(within: Self.overAfterSeconds), start.seconds)
      }.get()
    }
    #expect(isClosed)
    #expect(seconds < Self.overAfterSeconds)
    #expect(world.told.closeReasons.contains { $0.contains("PINGs") })
    #expect(world.waits { $0.running == 0 })
  }
}
