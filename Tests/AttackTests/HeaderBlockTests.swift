import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Header blocks that do not end, or that nobody reads: T4 and T11.
@Suite("attacks: open header blocks", .serialized, .timeLimit(.minutes(5)))
struct HeaderBlockTests {
  /// After the limit the connection must be over; the rest is slack.
  private static let overAfterSeconds = 8.0
  private static let echo = ServedWorld.Method.echo.path

  private static func shorten(_ limits: inout HTTP2Server.Limits) {
    limits.headerBlockTime = .milliseconds(500)
  }

  /// A hundred calls, and one too many with a header block that is not complete. The server's SETTINGS stay
  /// unacknowledged, so that the last one is refused and not an error.
  private static func openRefusedBlock(port: Int) throws -> AttackSocket {
    let socket = try AttackSocket(port: port)
    let head = AttackFrames.fields(ServedWorld.Method.ignore.path)
    socket.send(RawFrames.preface + RawFrames.settings)
    socket.send(AttackFrames.ids(100).flatMap { RawFrames.headers($0, head) })
    let block = RawFrames.block(head)
    socket.send(RawFrames.frame(1, id: 201, Array(block.prefix(20))))
    return socket
  }

  @Test("T11: a header block that is not read must end in time as well")
  func refusedBlock() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T11 refused", limits: Self.shorten) { port, _ in
      let socket = try Self.openRefusedBlock(port: port)
      return socket.isClosed(within: Self.overAfterSeconds)
    }
    #expect(outcome.value)
    #expect(world.told.closeReasons.contains { $0.contains("header block") })
  }

  @Test("T11: the payload of a header block must come in time as well, said to be the last or not")
  func trickledHeaders() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T11 payload", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      socket.send(Array(RawFrames.headers(1, AttackFrames.fields(Self.echo)).prefix(29)))
      return socket.isClosed(within: Self.overAfterSeconds)
    }
    #expect(outcome.value)
    #expect(world.told.closeReasons.contains { $0.contains("header block") })
  }

  @Test(
    "T4: a call with far too much metadata ends, and its connection goes on", arguments: [1, 4])
  func oversizedBlock(writeCount: Int) async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("oversized", limits: Self.shorten) { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      socket.send(RawFrames.headers(1, AttackFrames.fields(ServedWorld.Method.ignore.path)))
      let block = RawFrames.block(
        AttackFrames.fields(Self.echo, [("x", String(repeating: "a", count: 60_000))]))
      let parts = stride(from: 0, to: block.count, by: 16_000).map {
        Array(block[$0..<min($0 + 16_000, block.count)])
      }
      let frames = parts.indices.map { index in
        RawFrames.frame(
          index == 0 ? 1 : 9, flags: index == parts.count - 1 ? 4 : 0, id: 3, parts[index])
      }
      let writes = writeCount == 1 ? [frames.flatMap { $0 }] : frames
      for write in writes {
        socket.send(write)
        socket.read(within: 0.1)
      }
      // As any client does when it is asked.
      socket.read(within: 1) { socket.heard[6] > 0 }
      if socket.heard[6] > 0 {
        socket.send(RawFrames.frame(6, flags: 1, [UInt8](repeating: 0, count: 8)))
      }
      return (reset: socket.heard.resetStreams, isClosed: socket.isClosed(within: 2))
    }
    #expect(outcome.value.reset == [3: 2])
    #expect(!outcome.value.isClosed)
  }

  @Test("a header block that is not read and does end leaves the connection as it is")
  func refusedBlockThatEnds() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("refused and ended", limits: Self.shorten) { port, _ in
      let socket = try Self.openRefusedBlock(port: port)
      let block = RawFrames.block(AttackFrames.fields(ServedWorld.Method.ignore.path))
      socket.send(RawFrames.frame(9, flags: 4, id: 201, Array(block.dropFirst(20))))
      socket.read(within: 2) { socket.heard[6] > 0 }
      let pings = socket.heard[6]
      socket.send(RawFrames.frame(6, flags: 1, [UInt8](repeating: 0, count: 8)))
      return (
        pings: pings, refused: socket.heard.resets[7], isClosed: socket.isClosed(within: 2)
      )
    }
    #expect(outcome.value.pings == 1)
    #expect(outcome.value.refused == 1)
    #expect(!outcome.value.isClosed)
  }
}
