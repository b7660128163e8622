import HTTP2
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Many large answers at once, for a client that reads them: it gets all of them, and the server holds few.
@Suite("large answers", .serialized, .timeLimit(.minutes(2)))
struct LargeAnswerTests {
  private static let callCount = 50

  @Test("T10: answers that do not fit wait for their turn", arguments: [Bulk.one, Bulk.many])
  func inTurn(method: MethodDescriptor) async throws {
    let world = ServedWorld()
    let cost = AttackCost(
      // Measured: 0.3 s for 200 MB.
      cpuSeconds: AttackBound.seconds(5),
      // What the connection's answers may take, one more, and what handlers with streams hold while they wait, a
      // megabyte each. Measured: 20 to 70 MiB; all would be 200 MB.
      peakGrowthKiB: AttackBound.megabytes(100))
    let outcome = try await world.attacked("T10 \(method)", cost: cost, adding: [Bulk()]) {
      port, _ in
      let client = try SessionClient(port: port, streamWindow: 1 << 20)
      let calls = try (0..<Self.callCount).map { _ in try client.call(method.path, []) }
      client.pump(within: 60) { calls.allSatisfy { client.calls[$0.id]?.isOver == true } }
      return calls.compactMap { client.calls[$0.id] }
    }
    #expect(outcome.value.map(\.status) == Array(repeating: "0", count: Self.callCount))
    #expect(outcome.value.allSatisfy { $0.answerByteCount >= Bulk.byteCount })
  }

  @Test(
    "T10: who waits for room ends with its connection or its deadline", arguments: [false, true])
  func waitsForNobody(hasDeadline: Bool) async throws {
    let world = ServedWorld()
    let cost = AttackCost(peakGrowthKiB: AttackBound.megabytes(64))
    let outcome = try await world.attacked("T10 gone", cost: cost, adding: [Bulk()]) { port, _ in
      // Closes when it goes.
      var socket: AttackSocket? = try AttackSocket(port: port)
      try socket?.begin(settings: [(4, 0)])
      let changes = hasDeadline ? [("grpc-timeout", "300m")] : []
      for (method, ids) in [
        (Bulk.one, AttackFrames.ids(20).dropFirst(0)),
        (Bulk.many, AttackFrames.ids(40).dropFirst(20)),
      ] {
        for id in ids {
          let body = RawFrames.data(id, AttackFrames.message([]), endsStream: true)
          socket?.send(RawFrames.headers(id, AttackFrames.fields(method.path, changes)) + body)
        }
      }
      socket?.send(AttackFrames.ping)
      socket?.read(within: 5) { socket?.heard[6] ?? 0 > 0 }
      if !hasDeadline { socket = nil }
      let code = hasDeadline ? StatusCode.deadlineExceeded : .cancelled
      // Five unary calls are answered. When their deadlines make room others may be, before their own; those with
      // streams are not over before they have written all.
      let endedCountMin = hasDeadline ? 20 : 35
      return world.waits { _ in
        let told = world.told
        let openCount = told.started - told.ended.values.reduce(0, +)
        // The honest client has two at most.
        return told.ended[code] ?? 0 >= endedCountMin && openCount <= 2
      }
    }
    #expect(outcome.value)
  }

  @Test(
    "T10: who gives up waiting for room leaves nothing behind",
    arguments: [ServedWorld.Method.echo, .write])
  func givesUp(method: ServedWorld.Method) async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 gives up \(method)") { limits in
      limits.unsentByteCountMaxPerConnection = 10_000
    } _: { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin(settings: [(4, 0)])
      let body = [UInt8](repeating: 1, count: 1_000)
      for id in AttackFrames.ids(10) {
        socket.send(AttackFrames.call(id, ServedWorld.Method.echo.path, body))
      }
      // More than may have handlers at once.
      var given = 0
      for id in AttackFrames.ids(310).dropFirst(10) {
        let fields = AttackFrames.fields(method.path, [("grpc-timeout", "20m")])
        let data = RawFrames.data(id, AttackFrames.message(body), endsStream: true)
        socket.send(RawFrames.headers(id, fields) + data)
        given += 1
        guard given % 60 == 0 else { continue }
        socket.read(within: 5) { world.told.ended[.deadlineExceeded] == given }
      }
      // What the first are owed goes out, and the next is served.
      for id in AttackFrames.ids(10) { socket.send(AttackFrames.windowUpdate(id, 2_000)) }
      let last = Int32(2 * 310 + 1)
      socket.send(AttackFrames.call(last, ServedWorld.Method.echo.path, []))
      socket.send(AttackFrames.windowUpdate(last, 2_000))
      socket.read(within: 5) { socket.heard.endedStreams.contains(last) }
      return (
        refused: socket.heard.resets[7] ?? 0, given: world.told.ended[.deadlineExceeded],
        isServed: socket.heard.endedStreams.contains(last)
      )
    }
    #expect(outcome.value.refused == 0)
    #expect(outcome.value.given == 300)
    #expect(outcome.value.isServed)
  }
}

/// Four million bytes to a call, whole or in pieces.
private struct Bulk: RPCService {
  static let serviceName = "attack.v1.Bulk"
  static let one = MethodDescriptor(service: serviceName, method: "One", kind: .unary)
  static let many = MethodDescriptor(service: serviceName, method: "Many", kind: .serverStreaming)
  static let byteCount = 4_000_000

  func methods() -> [MethodHandler] {
    [
      MethodHandler(Self.one, .unary { _, _ in [UInt8](repeating: 7, count: Self.byteCount) }),
      MethodHandler(
        Self.many,
        .streaming { _, responses, _ in
          for _ in 0..<4 {
            try await responses.write([UInt8](repeating: 7, count: Self.byteCount / 4))
          }
        }),
    ]
  }
}
