import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of connections: C1–C3, C6", .timeLimit(.minutes(2)))
struct ConnectionRows {
  // MARK: C1

  @Test("C1: the server's SETTINGS come first, unasked, and its limits are in them")
  func settings() async throws {
    let (first, window) = try await Wire.withServer { port in
      try await Wire.blocking {
        let connection = RawConnection(try RawSocket(port: port))
        // Nothing was said to it yet.
        let first = try connection.next(before: .now + .seconds(10))
        return (first, try connection.next(before: .now + .seconds(10)))
      }
    }
    let frame = try #require(first)
    #expect(frame.isSettings && !frame.isAcknowledgement && frame.id == 0)
    var values: [UInt8: Int] = [:]
    for start in stride(from: 0, to: frame.payload.count, by: 6) {
      values[frame.payload[start + 1]] = frame.payload[start + 2..<start + 6]
        .reduce(0) { $0 << 8 | Int($1) }
    }
    // MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE, and no priorities.
    #expect(values == [3: 100, 4: 1 << 20, 6: 16 << 10, 9: 1])
    // The connection's own window grows by WINDOW_UPDATE alone, from 64 KiB to 4 MiB.
    #expect(window?.type == 8 && window?.id == 0)
    #expect(window?.payload == RawFrames.bigEndian(4 << 20 - 65_535))
  }

  @Test("C1: each SETTINGS is acknowledged, and a table of no bytes is kept to")
  func acknowledgements() async throws {
    try await Wire.withConnection { connection in
      for value in [0, 4096, 0, 128] as [UInt32] {
        try connection.socket.send(RawFrames.settings([(1, value)]))
        #expect(try connection.first { $0.isSettings }?.isAcknowledgement == true)
      }
      try connection.socket.send(Wire.request(1, body: Wire.message([1])))
      #expect(try connection.first { $0.endsStream } != nil)
    }
  }

  // MARK: C2

  @Test(
    "C2: a call that was under way at the first GOAWAY is served, one after the last is not heard")
  func drain() async throws {
    try await ServerUnderTest.with(WireWorld().router) { address, server in
      try await Wire.blocking {
        let connection = try RawConnection(port: Wire.port(of: address))
        try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
        _ = try connection.frames(beforePong: 1)
        server.shutdownGracefully()
        let first = try connection.first { $0.isGoAway }
        #expect(first?.lastStreamID == UInt32(Int32.max) && first?.code == 0)
        let ping = try connection.first { $0.isPing && !$0.isAcknowledgement }
        // Crossed with the first GOAWAY.
        try connection.socket.send(Wire.request(3, body: Wire.message([3])))
        #expect(try connection.first { $0.id == 3 && $0.endsStream } != nil)
        try connection.socket.send(RawFrames.frame(6, flags: 1, try #require(ping).payload))
        let last = try connection.first { $0.isGoAway }
        #expect(last?.lastStreamID == 3 && last?.code == 0)
        // Behind the last: the client knows that it may be tried elsewhere, so there is no answer.
        try connection.socket.send(Wire.request(5, body: Wire.message([5])))
        try connection.socket.send(RawFrames.data(1, Wire.message([1]), endsStream: true))
        let rest = try connection.rest()
        #expect(rest.contains { $0.id == 1 && $0.endsStream })
        #expect(!rest.contains { $0.id == 5 })
        #expect(connection.isClosed)
      }
    }
  }

  @Test("C2: a client that does not answer the PING gets the last GOAWAY after a while")
  func silentDrain() async throws {
    try await ServerUnderTest.with(
      WireWorld().router, configure: Wire.setting { $0.limits.drainPingTime = .milliseconds(300) }
    ) { address, server in
      try await Wire.blocking {
        let connection = try RawConnection(port: Wire.port(of: address))
        let began = ContinuousClock.now
        server.shutdownGracefully()
        let frames = try connection.rest()
        #expect(frames.filter(\.isGoAway).map(\.lastStreamID) == [UInt32(Int32.max), 0])
        #expect(began.duration(to: .now) >= .milliseconds(300))
      }
    }
  }

  @Test("C2: when the grace is over, what still runs is cancelled and the connection closed")
  func grace() async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(
      world.router, configure: Wire.setting { $0.shutdownGrace = .milliseconds(300) }
    ) { address, server in
      try await Wire.blocking {
        let connection = try RawConnection(port: Wire.port(of: address))
        try connection.socket.send(Wire.request(1, "Sleep", body: Wire.message([1])))
        _ = try connection.frames(beforePong: 1)
        server.shutdownGracefully()
        _ = try connection.rest()
        #expect(connection.isClosed)
      }
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
    }
  }

  @Test("C2: nobody new is let in while the server drains")
  func noNewConnections() async throws {
    try await ServerUnderTest.with(WireWorld().router) { address, server in
      try await Wire.blocking {
        let port = try Wire.port(of: address)
        let old = try RawConnection(port: port)
        try old.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
        _ = try old.frames(beforePong: 1)
        server.shutdownGracefully()
        _ = try old.first { $0.isGoAway }
        #expect(throws: (any Error).self) {
          let new = try RawConnection(port: port)
          _ = try new.frames(beforePong: 1)
        }
        try old.socket.send(RawFrames.data(1, [], endsStream: true))
      }
    }
  }

  // MARK: C3

  @Test("C3: a PING comes back at once, to the byte, also while handlers work")
  func ping() async throws {
    try await Wire.withConnection { connection in
      try connection.socket.send(Wire.request(1, "Sleep", body: Wire.message([1])))
      for payload in [[UInt8](repeating: 0, count: 8), [UInt8](repeating: 0xFF, count: 8)] {
        try connection.socket.send(RawFrames.frame(6, payload))
        let answer = try connection.first { $0.isPing }
        #expect(answer?.isAcknowledgement == true && answer?.payload == payload)
      }
    }
  }

  // MARK: C6

  enum Loss: CaseIterable {
    case reset, close
  }

  @Test(
    "C6: a lost stream or connection cancels its handlers, in every kind of call",
    arguments: ["Sleep", "SleepDown", "SleepUp", "SleepBoth"], Loss.allCases)
  func loss(_ method: String, _ loss: Loss) async throws {
    let world = WireWorld()
    try await Wire.withServer(world.router) { port in
      let kept = try await Wire.blocking {
        let connection = try RawConnection(port: port)
        try connection.socket.send(Wire.request(1, method, body: Wire.message([1])))
        _ = try connection.frames(beforePong: 1)
        guard loss == .reset else { return nil as Kept? }
        try connection.socket.send(RawFrames.reset(1))
        // Nothing is said of a stream that its client has given up.
        #expect(try connection.frames(beforePong: 2).allSatisfy { $0.id != 1 })
        return Kept(connection)
      }
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
      _ = kept
    }
  }

  @Test("C6: a stream that is lost while its handler reads or writes cancels it")
  func lossWithin() async throws {
    let world = WireWorld()
    try await Wire.withServer(world.router) { port in
      try await Wire.blocking {
        let connection = try RawConnection(port: port)
        try connection.socket.send(
          RawFrames.headers(1, Wire.fields("Mirror")) + RawFrames.data(1, Wire.message([1])))
        _ = try connection.first { $0.id == 1 && $0.isData }
        try connection.socket.send(RawFrames.reset(1))
        _ = try connection.frames(beforePong: 1)
      }
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
    }
  }

  /// Keeps a connection open.
  private final class Kept: @unchecked Sendable {
    // `@unchecked`: only held.
    private let connection: RawConnection

    init(_ connection: RawConnection) {
      self.connection = connection
    }
  }
}
