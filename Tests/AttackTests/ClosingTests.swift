import HTTP2
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// What comes while a connection ends, and what was under way when it did. Each of these has once ended the
/// process, or left handlers or the whole event loop waiting for ever.
@Suite("attacks: the end of a connection", .serialized, .timeLimit(.minutes(10)))
struct ClosingTests {
  /// A header block that does not end, of more frames than are borne.
  private static func endlessBlock(_ id: Int32) -> [UInt8] {
    let block = RawFrames.block(AttackFrames.fields())
    return RawFrames.unfinishedHeaders(id, Array(block.prefix(10)))
      + (0..<20).flatMap { _ in RawFrames.continuation(id, [], isLast: false) }
  }

  @Test("a header block that is open while a connection's last bytes leave wakes nobody later")
  func openBlock() async {
    // Another process, since the fault would be the end of this one.
    await #expect(processExitsWith: .success) { try await OpenBlock().run() }
  }

  @Test("streams that a broken connection has just reset are told, all 99 of them")
  func resetsBehindAFatalError() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("resets and a fatal error in one read") { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      let ids = AttackFrames.ids(99)
      // Their bodies make the server's reads so large that what follows is one of them.
      let filler = AttackFrames.message([UInt8](repeating: 1, count: 4_000))
      for id in ids {
        socket.send(
          RawFrames.headers(id, AttackFrames.fields(ServedWorld.Method.sleep.path))
            + RawFrames.data(id, filler, endsStream: true))
      }
      guard world.waits(until: { $0.running == 99 }) else { throw AttackFailure("not started") }
      // Each of these makes the server reset a stream, which it does as it says its last words.
      let overflows = ids.flatMap { AttackFrames.windowUpdate($0, 0x7FFF_FFFF) }
      socket.send(overflows + Self.endlessBlock(199))
      return (
        isClosed: socket.isClosed(within: 5), goAway: socket.heard.goAways.last?.code,
        areOver: world.waits(5) { $0.running == 0 }
      )
    }
    #expect(outcome.value.isClosed)
    #expect(outcome.value.goAway == 11)
    #expect(outcome.value.areOver)
  }

  @Test(
    "a write that fails costs the loop's other connections nothing: a deadline still wakes them")
  func failedWrite() async throws {
    let world = ServedWorld()
    let outcome = try await world.serve { address, port, _ in
      try await Blocking.run {
        // Somebody whose call has nothing to wait for but its deadline, and who says nothing more.
        let waiting = try AttackSocket(port: port)
        try waiting.begin()
        let timeout = [("grpc-timeout", "300m")]
        waiting.send(
          RawFrames.headers(1, AttackFrames.fields(ServedWorld.Method.sleep.path, timeout))
            + RawFrames.data(1, AttackFrames.message([]), endsStream: true))
        guard world.waits(until: { $0.started == 1 }) else { throw AttackFailure("not started") }

        // Somebody who goes away while the loop is held up by a handler, with more to be read from.
        var leaving: AttackSocket? = try AttackSocket(port: port)
        try leaving?.begin()
        leaving?.send(
          AttackFrames.call(1, ServedWorld.Method.sleep.path)
            + AttackFrames.call(3, ServedWorld.Method.hold.path))
        guard world.waits(until: { $0.started == 3 }) else { throw AttackFailure("not started") }
        leaving?.send(AttackFrames.call(5, ServedWorld.Method.echo.path))
        leaving?.breakOffAtEnd()
        leaving = nil
        world.release()
        let areOver = world.waits(5) { $0.running == 0 }
        waiting.read(within: 5) { waiting.heard.endedStreams.contains(1) }
        return (areOver: areOver, isTold: waiting.heard.endedStreams.contains(1))
      }.get()
    }
    #expect(outcome.areOver)
    #expect(outcome.isTold)
    #expect(world.told.ended[.deadlineExceeded] == 1)
  }
}

/// Two connections whose last bytes cannot leave, because their clients read nothing, and which the server
/// gives up meanwhile: one for a header block without end, one for a block that takes too long. Both begin a
/// block then, and the server must have forgotten them when that would take too long.
private struct OpenBlock: Sendable {
  /// Both sockets, used by one thread at a time.
  private struct Sockets: @unchecked Sendable {
    let all: [AttackSocket]
  }

  /// Longer than a connection that is closed waits for its last bytes, which is two seconds.
  private static let blockSeconds = 2.3

  func run() async throws {
    let world = ServedWorld()
    func configure(_ configuration: inout HTTP2Server.Configuration) {
      configuration.limits.headerBlockTime = .seconds(Self.blockSeconds)
    }
    try await world.serve(configure: configure) { address, port, _ in
      let honest = HonestClient(address, .world)
      let sockets = try await Blocking.run { try attack(port, world) }.get()
      // Both blocks are overdue, and both connections gone.
      let start = Moment.now
      while start.seconds < Self.blockSeconds + 0.5 {
        let record = await honest.call(times: 10)
        #expect(record.failures == [])
        try await Task.sleep(for: .milliseconds(20))
      }
      let areClosed = await Blocking.run { sockets.all.allSatisfy { $0.isClosed(within: 5) } }
      #expect(try areClosed.get())
      #expect(world.handlers.running == 0)
      await honest.channel.close()
    }
  }

  /// - Returns: the sockets, so that they stay open
  private func attack(_ port: Int, _ world: ServedWorld) throws -> Sockets {
    let block = RawFrames.block(AttackFrames.fields())
    let slow = try Self.fullSocket(port)
    slow.send(RawFrames.unfinishedHeaders(3, Array(block.prefix(10))), isReading: false)
    let start = Moment.now
    let broken = try Self.fullSocket(port)
    broken.send(
      RawFrames.unfinishedHeaders(3, Array(block.prefix(10)))
        + (0..<20).flatMap { _ in RawFrames.continuation(3, [], isLast: false) }, isReading: false)
    try Self.wait { world.told.closeReasons.count == 1 }
    broken.send(RawFrames.continuation(3, [], isLast: false), isReading: false)
    try Self.wait { world.told.closeReasons.count == 2 }
    guard start.seconds > Self.blockSeconds - 0.1 else { throw AttackFailure("closed too soon") }
    slow.send(
      RawFrames.continuation(3, Array(block.dropFirst(10)), isLast: true)
        + RawFrames.unfinishedHeaders(5, Array(block.prefix(10))), isReading: false)
    return Sockets(all: [slow, broken])
  }

  /// A connection with a call that is answered without end, of which nothing is read.
  private static func fullSocket(_ port: Int) throws -> AttackSocket {
    let socket = try AttackSocket(port: port, receiveByteCount: 4_096)
    try socket.begin(settings: [(4, 0x7FFF_FFFF)])
    socket.send(AttackFrames.call(1, ServedWorld.Method.write.path), isReading: false)
    try socket.fill(port: port)
    return socket
  }

  private static func wait(until isDone: () -> Bool) throws {
    let start = Moment.now
    while !isDone() {
      guard start.seconds < 10 else { throw AttackFailure("the server does not close") }
      Blocking.pause(milliseconds: 2)
    }
  }
}
