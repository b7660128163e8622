import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Header blocks without end (T3), larger inside than outside (T4), and of fields without names (T9).
@Suite("attacks: header blocks", .serialized, .timeLimit(.minutes(10)))
struct HeaderTests {
  @Test("T3: CONTINUATION frames without end end the connection, and the client is told why")
  func continuations() async throws {
    let attack = try await Attack.onProgram("T3") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let block = RawFrames.block(AttackFrames.fields())
      socket.send(RawFrames.frame(1, id: 1, Array(block.prefix(10))))
      for _ in 0..<200 {
        if socket.send(RawFrames.frame(9, id: 1, RawFrames.block([("x", "y")]))) != .sent { break }
      }
      return (isClosed: socket.isClosed(within: 5), goAway: socket.heard.goAways.last)
    }
    #expect(attack.value.isClosed)
    #expect(attack.value.goAway?.code == 11)
  }

  /// A head of 63 KiB in one HEADERS and four CONTINUATION frames.
  private static func longHead(_ id: Int32, _ path: String) -> [UInt8] {
    let fill = (0..<63).map { ("x-\($0)", String(repeating: "a", count: 1_000)) }
    let block = RawFrames.block(AttackFrames.fields(path) + fill)
    var frames: [UInt8] = []
    for start in stride(from: 0, to: block.count, by: 16_000) {
      let isLast = start + 16_000 >= block.count
      frames += RawFrames.frame(
        start == 0 ? 1 : 9, flags: isLast ? 4 : 0, id: id,
        Array(block[start..<min(block.count, start + 16_000)]))
    }
    return frames + RawFrames.data(id, AttackFrames.message([5]), endsStream: true)
  }

  @Test("T3: a legal head of 63 KiB that comes in small pieces is served where it is allowed")
  func longHeadIsServed() async throws {
    let world = ServedWorld()
    let path = ServedWorld.Method.echo.path
    let outcome = try await world.attacked("T3 legal") { limits in
      limits.calls.headerListByteCountMax = 128 << 10
    } _: { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let frames = Self.longHead(1, path)
      for start in stride(from: 0, to: frames.count, by: 100) {
        socket.send(Array(frames[start..<min(frames.count, start + 100)]))
      }
      socket.read(within: 5) { socket.heard.endedStreams.contains(1) }
      return socket.heard.dataByteCounts[1]
    }
    #expect(outcome.value == 6)
  }

  @Test("T3: the same head past twice the limit resets its stream, and the next call is served")
  func longHeadIsRefused() async throws {
    let attack = try await Attack.onProgram("T3 refused") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let path = "/anchor.v1.Echo/Unary"
      socket.send(Self.longHead(1, path) + AttackFrames.call(3, path, [0x0A, 1, 9]))
      socket.read(within: 5) { socket.heard.endedStreams.contains(3) }
      return (socket.heard.resetStreams[1], socket.heard.dataByteCounts[3])
    }
    #expect(attack.value.0 == 2)
    #expect(attack.value.1 == 8)
  }

  /// Header lists, each far larger than its block: an entry of 4,000 bytes that is put into the
  /// compression table once, and then named again and again by one byte.
  private static func bomb(_ id: Int32, isFirst: Bool) -> [UInt8] {
    let value = [UInt8](repeating: UInt8(ascii: "a"), count: 4_000)
    // Literal with incremental indexing, new name "x"; 127 + 3873 in HPACK's prefix code.
    let entry: [UInt8] = [0x40, 1, UInt8(ascii: "x"), 0x7F, 0xA1, 0x1E] + value
    let block = RawFrames.block(AttackFrames.fields()) + (isFirst ? entry : [])
    // 62 is the newest entry of the table.
    let references = [UInt8](repeating: 0xBE, count: 16_000 - block.count)
    return RawFrames.frame(1, flags: 5, id: id, block + references)
  }

  @Test("T4: a list of 48 MB in a block of 16 KB costs its stream only, fifty times over")
  func bombs() async throws {
    let attack = try await Attack.onProgram("T4") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(50) { socket.send(Self.bomb(id, isFirst: id == 1)) }
      // The table must be as the client has it: the entry serves as a field like any other.
      let last: Int32 = 101
      let block = RawFrames.block(AttackFrames.fields()) + [0xBE]
      socket.send(
        RawFrames.frame(1, flags: 4, id: last, block)
          + RawFrames.data(last, AttackFrames.message([0x0A, 1, 9]), endsStream: true))
      socket.read(within: 30) { socket.heard.endedStreams.contains(last) }
      return (resets: socket.heard.resets, answer: socket.heard.dataByteCounts[last])
    }
    #expect(attack.value.resets == [2: 50])
    #expect(attack.value.answer == 8)
  }

  @Test("T9: fields without a name count in the list, though nobody is shown them")
  func namelessFields() async throws {
    let attack = try await Attack.onProgram("T9") { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(50) {
        let nameless = [UInt8](repeating: 0, count: 3 * 5_000)
        let block = RawFrames.block(AttackFrames.fields()) + nameless
        socket.send(RawFrames.frame(1, flags: 5, id: id, block))
      }
      socket.send(AttackFrames.call(101, "/anchor.v1.Echo/Unary", [0x0A, 1, 9]))
      socket.read(within: 30) { socket.heard.endedStreams.contains(101) }
      return (resets: socket.heard.resetCount, answer: socket.heard.dataByteCounts[101])
    }
    #expect(attack.value.resets == 50)
    #expect(attack.value.answer == 8)
  }
}
