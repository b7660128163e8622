import HTTP2
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// What must hold however long it goes on and however many there are.
@Suite("long hauls", .serialized, .timeLimit(.minutes(10)))
struct LongHaulTests {
  /// EchoRequest{payload: ten bytes}, with its prefix.
  private static let message = AttackFrames.message(
    [0x0A, 10] + [UInt8](repeating: 7, count: 10))

  @Test("a stream of many messages each way runs in constant memory")
  func manyMessages() async throws {
    let count = AttackBound.isFull ? 1_000_000 : 100_000
    // Measured: 3.5 µs for a message there and back.
    let cost = AttackCost(cpuSeconds: AttackBound.seconds(Double(count) * 0.000_03))
    let attack = try await Attack.onProgram("long stream", cost: cost) { port in
      let client = try SessionClient(port: port, streamWindow: 1 << 20)
      let stream = try client.begin("/anchor.v1.Echo/Bidi")
      let batch = (0..<1_000).flatMap { _ in Self.message }
      let half = count / 2 * Self.message.count
      for _ in 0..<count / 1_000 {
        client.session.send(stream, body: batch)
        client.pump(within: 30) { client.session.outboundByteCount < 1 << 18 }
      }
      let halfway = client.pump(within: 60) {
        client.calls[stream.id]?.answerByteCount ?? 0 >= half
      }
      client.session.finish(stream)
      client.pump(within: 60) { client.calls[stream.id]?.isOver == true }
      return (halfway: halfway, call: client.calls[stream.id])
    }
    #expect(attack.value.call?.answerByteCount == count * Self.message.count)
    #expect(attack.value.call?.status == "0")
  }

  @Test("many streams on many connections, all open at once, are all answered")
  func manyStreams() async throws {
    let connectionCount = AttackBound.isFull ? 100 : 10
    let cost = AttackCost(
      // Measured: 40 µs for each stream.
      cpuSeconds: AttackBound.seconds(Double(connectionCount) * 100 * 0.000_5),
      // 16 KiB for each stream and its task.
      peakGrowthKiB: connectionCount * 100 * 16 + AttackBound.flatKiB,
      handlerCount: connectionCount * 100)
    let attack = try await Attack.onProgram("many streams", cost: cost) { port in
      let clients = try (0..<connectionCount).map { _ in try SessionClient(port: port) }
      for client in clients {
        for _ in 0..<100 {
          let stream = try client.begin("/anchor.v1.Echo/Bidi")
          client.session.send(stream, body: Self.message)
        }
      }
      let answered = clients.count { client in
        client.pump(within: 30) {
          client.calls.values.allSatisfy { $0.answerByteCount == Self.message.count }
        }
      }
      let isNoneOver = clients.allSatisfy { $0.calls.values.allSatisfy { !$0.isOver } }
      for client in clients {
        for stream in client.session.liveStreams { client.session.finish(stream) }
      }
      let ended = clients.count { client in
        client.pump(within: 30) { client.calls.values.allSatisfy { $0.status == "0" && $0.isOver } }
      }
      return (answered: answered, isNoneOver: isNoneOver, ended: ended)
    }
    #expect(attack.value.answered == connectionCount)
    #expect(attack.value.isNoneOver)
    #expect(attack.value.ended == connectionCount)
  }

  @Test("a reader that stops suspends the handler at its window and what waits for it")
  func slowReader() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("slow reader") { port, _ in
      let client = try SessionClient(port: port)
      client.isTaking = false
      let stream = try client.call(ServedWorld.Method.write.path, [])
      client.pump(within: 1) { false }
      let first = world.handlers.writtenCount
      client.pump(within: 1) { false }
      let second = world.handlers.writtenCount
      client.session.reset(stream, .cancel)
      client.pump(within: 1) { world.handlers.running == 0 }
      return (first: first, second: second)
    }
    // The window of 64 KiB, the 64 KiB that may wait, and one message; 1,005 bytes each.
    #expect(outcome.value.first > 64)
    #expect(outcome.value.first <= 2 * 65_536 / 1_005 + 2)
    #expect(outcome.value.second == outcome.value.first)
  }

  @Test("a stream that nobody reads leaves the program's memory flat")
  func slowReaderOfProgram() async throws {
    let attack = try await Attack.onProgram("slow reader of the program") { port in
      let client = try SessionClient(port: port, streamWindow: 1 << 20)
      client.isTaking = false
      for _ in 0..<20 {
        // StreamRequest{count: 1,000,000, size: 1,000}
        try client.call("/anchor.v1.Echo/ServerStream", [0x08, 0xC0, 0x84, 0x3D, 0x10, 0xE8, 0x07])
      }
      client.pump(within: 2) { false }
      return client.calls.values.reduce(0) { $0 + $1.answerByteCount }
    }
    // Four MiB are the connection's window.
    #expect(attack.value <= 4 << 20)
    #expect(attack.value > 1 << 20)
  }

  @Test("a handler that reads nothing makes the sender stop at the window")
  func slowHandler() async throws {
    let world = ServedWorld()
    let total = 8 << 20
    let outcome = try await world.attacked("slow handler") { port, _ in
      let client = try SessionClient(port: port)
      let stream = try client.begin(ServedWorld.Method.ignore.path)
      let message = AttackFrames.message([UInt8](repeating: 1, count: 1_019))
      for _ in 0..<total / message.count { client.session.send(stream, body: message) }
      client.pump(within: 1) { false }
      let first = total - client.session.outboundByteCount
      client.pump(within: 1) { false }
      let second = total - client.session.outboundByteCount
      client.session.reset(stream, .cancel)
      client.pump(within: 1) { world.handlers.running == 0 }
      return (first: first, second: second)
    }
    #expect(outcome.value.first > 500_000)
    #expect(outcome.value.first <= 1 << 20)
    #expect(outcome.value.second == outcome.value.first)
  }

  @Test("messages larger than the windows pass in both directions", arguments: ["Unary", "Bidi"])
  func largeMessages(_ method: String) async throws {
    let payload = [UInt8](repeating: 9, count: 3 << 20)
    // Field 1, three MiB.
    let message = [0x0A, 0x80, 0x80, 0xC0, 0x01] + payload
    let attack = try await Attack.onProgram("large messages, \(method)") { port in
      let client = try SessionClient(port: port)
      for _ in 0..<3 {
        let stream = try client.begin("/anchor.v1.Echo/\(method)")
        client.session.send(stream, body: AttackFrames.message(message))
        client.session.finish(stream)
        client.pump(within: 20) { client.calls[stream.id]?.isOver == true }
      }
      return client.calls.values.map { $0.status == "0" ? $0.answerByteCount : -1 }
    }
    #expect(attack.value == [Int](repeating: message.count + 5, count: 3))
  }

  struct Cancelled: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var method: ServedWorld.Method
    var bytes: [UInt8]?
  }

  static let cancelled = [
    Cancelled(testDescription: "sleeps", method: .sleep, bytes: []),
    Cancelled(testDescription: "reads", method: .read),
    Cancelled(testDescription: "writes", method: .write, bytes: []),
  ]

  /// How soon a handler must find itself cancelled once the client has reset its stream.
  private static let atOnceSeconds = AttackBound.isSanitized ? 1.0 : 0.1

  @Test("a reset reaches a handler at once", arguments: cancelled)
  func cancellation(_ cancelled: Cancelled) async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("cancelled while it \(cancelled)") { port, _ in
      let client = try SessionClient(port: port)
      client.isTaking = false
      return try (0..<10).map { _ in
        let stream = try client.begin(cancelled.method.path)
        if let bytes = cancelled.bytes {
          client.session.send(stream, body: AttackFrames.message(bytes))
          client.session.finish(stream)
        }
        client.pump(within: 5) { world.handlers.named[cancelled.method.rawValue, default: 0] > 0 }
        client.pump(within: 0.05) { false }
        guard world.handlers.named[cancelled.method.rawValue, default: 0] == 1 else { return 99.0 }
        client.session.reset(stream, .cancel)
        let start = ContinuousClock.now
        client.pump(within: 0) { true }
        _ = world.waits(5) { $0.named[cancelled.method.rawValue] == 0 }
        guard let end = world.handlers.lastCancelled, end > start else { return 99 }
        return start.duration(to: end) / .seconds(1)
      }
    }
    // The machine may be busy elsewhere for once; not most of the time.
    #expect(outcome.value.sorted()[5] < Self.atOnceSeconds, "\(outcome.value)")
  }
}
