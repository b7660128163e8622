import HTTP2
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Streams that are opened to be thrown away: by the client (T1), by us (T2), or unread (T7).
@Suite("attacks: resets", .serialized, .timeLimit(.minutes(10)))
struct ResetTests {
  /// Requests that may be begun before a resetting client is gone: what it may reset in one go and each
  /// second, and what one read of it holds.
  private static let openedMax = 1_100

  @Test("T1: 5,000 calls begun and reset end the connection before 1,100 were seen")
  func rapidReset() async throws {
    let attack = try await Attack.onProgram("T1") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(5_000) {
        if socket.send(AttackFrames.call(id) + AttackFrames.reset(id)) != .sent { break }
      }
      let isClosed = socket.isClosed(within: 10)
      return (isClosed: isClosed, goAway: socket.heard.goAways.last)
    }
    #expect(attack.value.isClosed)
    let goAway = try #require(attack.value.goAway)
    #expect(goAway.code != 0)
    #expect(goAway.streamCount < Self.openedMax)
  }

  @Test("T1: handlers of reset calls are not more than the cap, even where resets are free")
  func handlerCap() async throws {
    let world = ServedWorld()
    let cap = 60
    let cost = AttackCost(handlerCount: cap)
    let outcome = try await world.attacked("T1 cap", cost: cost) { limits in
      limits.http2.streamResetBurst = 100_000
      limits.http2.resetFrameCountMax = 100_000
      limits.runningHandlerCountMaxPerConnection = cap
    } _: { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let ids = Array(AttackFrames.ids(5_000))
      let deaf = ServedWorld.Method.deaf.path
      // A call that is reset in the read that brings it never runs, so the first ones get their time.
      for id in ids.prefix(cap) { socket.send(AttackFrames.call(id, deaf)) }
      guard world.waits(until: { $0.named[ServedWorld.Method.deaf.rawValue] == cap }) else {
        return false
      }
      for id in ids.prefix(cap) { socket.send(AttackFrames.reset(id)) }
      for id in ids.dropFirst(cap) {
        socket.send(AttackFrames.call(id, deaf) + AttackFrames.reset(id))
      }
      socket.send(AttackFrames.ping)
      return socket.read(within: 20) { socket.heard[6] > 0 }
    }
    #expect(outcome.value)
    #expect(outcome.handlers.running == cap)
  }

  @Test(
    "T1: the same while the server drains, before and after its last GOAWAY",
    arguments: [false, true])
  func rapidResetInDrain(isAfterLast: Bool) async throws {
    let world = ServedWorld()
    let deaf = ServedWorld.Method.deaf.path
    func configure(_ configuration: inout HTTP2Server.Configuration) {
      // The client of this attack never answers the PING that would bring the last GOAWAY.
      configuration.limits.drainPingTime = isAfterLast ? .milliseconds(100) : .seconds(20)
      configuration.shutdownGrace = .seconds(30)
    }
    let (isClosed, started, spent) = try await world.serve(configure: configure) {
      _, port, server in
      try await Blocking.run {
        // New calls go elsewhere, so the honest one is under way before.
        let honest = try SessionClient(port: port)
        let call = try honest.begin(ServedWorld.Method.honestTalk.path)
        try Self.talk(honest, call, count: 1)
        let meter = try WorldMeter(thread: world.loopThread)
        let socket = try AttackSocket(port: port)
        try socket.begin()
        // A call that keeps the connection open.
        socket.send(AttackFrames.call(1, deaf))
        guard world.waits(until: { $0.started == 1 }) else { throw AttackFailure("not started") }
        server.shutdownGracefully()
        let goAwayCount = isAfterLast ? 2 : 1
        guard socket.read(within: 10, until: { socket.heard.goAways.count == goAwayCount }) else {
          throw AttackFailure("no GOAWAY")
        }
        for id in AttackFrames.ids(5_000).dropFirst() {
          if socket.send(AttackFrames.call(id, deaf) + AttackFrames.reset(id)) != .sent { break }
        }
        let isClosed = socket.isClosed(within: 5)
        let started = world.handlers.started
        let spent = try meter.spent()
        for count in 2...4 { try Self.talk(honest, call, count: count) }
        honest.session.finish(call)
        honest.pump(within: 5) { honest.calls[call.id]?.isOver == true }
        guard honest.calls[call.id]?.status == "0" else {
          throw AttackFailure("the honest call: \(honest.said(of: call.id))")
        }
        world.release()
        guard world.waits(until: { $0.running == 0 }) else { throw AttackFailure("deaf for ever") }
        return (isClosed, started, spent)
      }.get()
    }
    print("T1 drain: closed \(isClosed), \(started) handlers started, \(spent)")
    #expect(isClosed)
    #expect(spent.cpuSeconds < AttackBound.cutOffCPUSeconds)
    #expect(spent.peakGrowthKiB < AttackBound.flatKiB)
    if isAfterLast { #expect(started == 1) }
    #expect(started < Self.openedMax)
    #expect(world.handlers.peak <= HTTP2Server.Limits().runningHandlerCountMaxPerConnection)
  }

  /// Sends a message of the honest call and has it back, as the `count`th.
  private static func talk(_ honest: SessionClient, _ call: HTTP2Stream, count: Int) throws {
    let message = AttackFrames.message([1, 2, 3])
    honest.session.send(call, body: message)
    let isAnswered = honest.pump(within: 5) {
      honest.calls[call.id]?.answerByteCount == count * message.count
    }
    guard isAnswered else { throw AttackFailure("the honest call: \(honest.said(of: call.id))") }
  }

  struct Primitive: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var frames: @Sendable (Int32) -> [UInt8]
  }

  /// Ways to make a server reset a stream that was in order until then (CVE-2025-8671).
  static let primitives = [
    Primitive(testDescription: "a window past 2^31 − 1") { id in
      RawFrames.headers(id, AttackFrames.fields()) + AttackFrames.windowUpdate(id, 0x7FFF_FFFF)
    },
    Primitive(testDescription: "a content-length that is not so") { id in
      RawFrames.headers(id, AttackFrames.fields() + [("content-length", "3")])
        + RawFrames.data(id, [0, 0, 0, 0, 0], endsStream: true)
    },
    Primitive(testDescription: "te other than trailers") { id in
      RawFrames.headers(id, AttackFrames.fields("/anchor.v1.Echo/Unary", [("te", "gzip")]))
    },
    Primitive(testDescription: "a field of HTTP/1.1") { id in
      RawFrames.headers(id, AttackFrames.fields() + [("connection", "close")])
    },
    Primitive(testDescription: "DATA behind the end") { id in
      RawFrames.headers(id, AttackFrames.fields("/grpc.testing.TestService/FullDuplexCall"))
        + RawFrames.data(id, [], endsStream: true) + RawFrames.data(id, [0])
    },
    Primitive(testDescription: "trailers that do not end") { id in
      RawFrames.headers(id, AttackFrames.fields()) + RawFrames.headers(id, [("x", "y")])
    },
  ]

  @Test("T2: streams that we are made to reset end the connection", arguments: primitives)
  func madeYouReset(_ primitive: Primitive) async throws {
    let attack = try await Attack.onProgram("T2 \(primitive)") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(1_000) {
        if socket.send(primitive.frames(id)) != .sent { break }
        // Not faster than the resets come, or there would be too many streams at once.
        socket.read(within: 1) { socket.heard.resetStreams[id] != nil }
      }
      let isClosed = socket.isClosed(within: 10)
      return (
        isClosed: isClosed, resetCount: socket.heard.resetCount, goAway: socket.heard.goAways.last
      )
    }
    #expect(attack.value.isClosed)
    #expect(attack.value.resetCount <= 110)
    #expect(attack.value.goAway?.code != 0)
  }

  @Test("T22: streams that are closed while their answers wait leave nothing behind")
  func closedWithFramesWaiting() async throws {
    // Measured: 0.03 s for a thousand of them, and nothing that stays.
    let attack = try await Attack.onProgram("T22") { port in
      for _ in 0..<20 {
        let socket = try AttackSocket(port: port)
        // No answer leaves: CVE-2023-35945 lost those that waited when the peer said goodbye.
        try socket.begin(settings: [(4, 0)])
        let body: [UInt8] = [0x0A, 0xE8, 0x07] + [UInt8](repeating: 1, count: 1_000)
        for id in AttackFrames.ids(50) {
          socket.send(AttackFrames.call(id, "/anchor.v1.Echo/Unary", body))
        }
        socket.send(AttackFrames.ping)
        guard socket.read(within: 5, until: { socket.heard[6] > 0 }) else { return false }
        socket.send(
          RawFrames.goAway() + AttackFrames.ids(50).flatMap { AttackFrames.reset($0) }
            + AttackFrames.ping)
        guard socket.read(within: 5, until: { socket.heard[6] > 1 || socket.isClosed }) else {
          return false
        }
      }
      return true
    }
    #expect(attack.value)
    // A kilobyte each, were it kept.
    #expect(attack.growthKiB < AttackBound.megabytes(4))
  }

  struct Unread: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var count: Int
    /// Whether so many are more than the system takes off the server's hands, some six megabytes.
    var mustStop: Bool
    var frames: @Sendable (Int) -> [UInt8]
  }

  private static let long = String(repeating: "n", count: 1_000)

  static let unread = [
    // A refusal has some twenty bytes once the compression table knows its words.
    Unread(
      testDescription: "refusals", count: AttackBound.isFull ? 400_000 : 10_000,
      mustStop: AttackBound.isFull
    ) { index in
      let head = AttackFrames.fields("/no.Service/Nothing\(index)")
      return RawFrames.headers(Int32(index) * 2 + 1, head, endsStream: true)
    },
    // No window holds back metadata, and none of these repeats another.
    Unread(testDescription: "metadata of a kilobyte", count: 20_000, mustStop: true) { index in
      let id = Int32(index) * 2 + 1
      let head =
        AttackFrames.fields("/grpc.testing.TestService/EmptyCall")
        + [("x-grpc-test-echo-initial", "\(long)\(index)")]
      return RawFrames.headers(id, head)
        + RawFrames.data(id, AttackFrames.message([]), endsStream: true)
    },
  ]

  @Test(
    "T7: requests whose answers are never read stop being taken in, and cost nothing that stays",
    arguments: unread)
  func unreadReplies(_ unread: Unread) async throws {
    // Thousands are answered before there is no more room, which takes a busy machine half as long again.
    let attack = try await Attack.onProgram("T7 \(unread)", measuredAtMost: 3) { port in
      let socket = try AttackSocket(port: port, receiveByteCount: 4_096)
      try socket.begin()
      var outcome = AttackSocket.Outcome.sent
      var sent = 0
      for first in stride(from: 0, to: unread.count, by: 40) where outcome == .sent {
        let frames = (first..<first + 40).flatMap { unread.frames($0) }
        outcome = socket.send(frames, isReading: false, patience: 1)
        sent += 40
        // Not so fast that there are too many streams at once.
        if outcome == .sent { Blocking.pause(milliseconds: 4) }
      }
      return (outcome: outcome, sent: sent)
    }
    // Either is a guard: the server stops reading, or says goodbye.
    #expect(!unread.mustStop || attack.value.outcome != .sent)
  }
}
