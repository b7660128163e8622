import HTTP2
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// One task answers the unary calls of a pass; whatever one call does, the others must not notice.
@Suite("unary calls that share a task", .serialized, .timeLimit(.minutes(2)))
struct SharedTaskTests {
  private static let echo = ServedWorld.Method.echo.path
  /// Loopback answers within a millisecond or two.
  private static let answerSeconds = 5.0

  @Test("a task that yields again and again leaves them their turn")
  func yielding() async throws {
    let world = ServedWorld()
    // A whole core for as long as it takes, and the honest client's hundred of calls.
    let cost = AttackCost(cpuSeconds: AttackBound.seconds(10))
    let outcome = try await world.attacked("yielding", cost: cost, adding: [Probe()]) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      socket.send(RawFrames.headers(1, AttackFrames.fields(Probe.yield.path)))
      Blocking.pause(milliseconds: 100)
      var answered = 0
      for id in AttackFrames.ids(20).dropFirst() {
        socket.send(AttackFrames.call(id, Self.echo))
        if socket.read(
          within: Self.answerSeconds, until: { socket.heard.endedStreams.contains(id) })
        {
          answered += 1
        }
      }
      socket.send(AttackFrames.reset(1))
      return answered
    }
    #expect(outcome.value == 19)
  }

  @Test("a handler that does not end keeps its task, and those behind it get another")
  func neverEnding() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("never ending") { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let deaf = AttackFrames.call(1, ServedWorld.Method.deaf.path)
      let echoes = AttackFrames.ids(21).dropFirst().flatMap { AttackFrames.call($0, Self.echo) }
      socket.send(deaf + echoes)
      socket.read(within: Self.answerSeconds) { socket.heard.endedStreams.count == 20 }
      return (ended: socket.heard.endedStreams.count, running: world.handlers.running)
    }
    #expect(outcome.value.ended == 20)
    #expect(outcome.value.running == 1)
  }

  @Test("a call that is reset before its turn has no handler")
  func resetBefore() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("reset before") { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let gone = AttackFrames.ids(21).dropFirst().flatMap {
        AttackFrames.call($0, Self.echo) + AttackFrames.reset($0)
      }
      socket.send(gone + AttackFrames.call(43, Self.echo))
      return socket.read(within: Self.answerSeconds) { socket.heard.endedStreams.contains(43) }
    }
    #expect(outcome.value)
    #expect(outcome.handlers.started == 1)
    #expect(world.told.ended[.cancelled] == 20)
  }

  @Test("cancellation and task-local values stay with their call")
  func nothingLeft() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("nothing left", adding: [Probe()]) { port, _ in
      let client = try SessionClient(port: port)
      client.keepsAnswers = true
      let sleep = try client.call(ServedWorld.Method.sleep.path, [])
      client.pump(within: Self.answerSeconds) { world.handlers.running == 1 }
      // The task of the sleeper wakes with calls before it.
      client.session.reset(sleep, .cancel)
      let probes = try (0..<20).map { _ in try client.call(Probe.look.path, []) }
      client.pump(within: Self.answerSeconds) {
        probes.allSatisfy { client.calls[$0.id]?.isOver == true }
      }
      return probes.map { client.calls[$0.id]?.answer ?? [] }
    }
    #expect(outcome.value.allSatisfy { $0 == AttackFrames.message([0, 0]) })
    #expect(outcome.value.count == 20)
  }
}

/// Handlers that show what of other calls they see, or that give nobody rest.
private struct Probe: RPCService {
  static let serviceName = "attack.v1.Probe"
  static let look = MethodDescriptor(service: serviceName, method: "Look", kind: .unary)
  static let yield = MethodDescriptor(service: serviceName, method: "Yield", kind: .clientStreaming)

  @TaskLocal private static var depth: UInt8 = 0

  func methods() -> [MethodHandler] {
    [
      // Whether it was cancelled, and what others have set; it sets something itself.
      MethodHandler(
        Self.look,
        .unary { _, _ in
          let seen: [UInt8] = [Task.isCancelled ? 1 : 0, Self.depth]
          return await Self.$depth.withValue(Self.depth + 1) {
            await Task.yield()
            return seen
          }
        }),
      MethodHandler(
        Self.yield, .streaming { _, _, _ in while !Task.isCancelled { await Task.yield() } }),
    ]
  }
}
