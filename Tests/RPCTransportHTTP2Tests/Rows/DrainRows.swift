import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// New calls at a server that is about to end.
@Suite("rows of draining: Q26", .timeLimit(.minutes(1)))
struct DrainRows {
  @Test(
    "Q26: between its two GOAWAYs a server takes new calls, behind the last it is silent",
    arguments: WireWorld.echoes.map(\.name))
  func newCalls(_ method: String) async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(world.router) { address, server in
      try await Wire.blocking {
        let connection = try RawConnection(port: Wire.port(of: address))
        // Keeps the connection from its end.
        try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
        _ = try connection.frames(beforePong: 1)
        server.shutdownGracefully()
        #expect(try connection.first { $0.isGoAway }?.lastStreamID == UInt32(Int32.max))
        let ping = try #require(try connection.first { $0.isPing && !$0.isAcknowledgement })

        try connection.socket.send(Wire.request(3, method, body: Wire.message([3])))
        var between: [RawConnection.Frame] = []
        let end = try connection.first { frame in
          between.append(frame)
          return frame.id == 3 && frame.endsStream
        }
        #expect(end?.isHeaders == true)
        #expect(between.contains { $0.isData && $0.payload.starts(with: Wire.message([3])) })
        #expect(world.lastSeen.startedCount == 2)

        try connection.socket.send(RawFrames.frame(6, flags: 1, ping.payload))
        #expect(try connection.first { $0.isGoAway }?.lastStreamID == 3)
        // Neither the call nor what follows on its stream is answered, or held against the connection.
        try connection.socket.send(
          Wire.request(5, method, body: Wire.message([5]))
            + RawFrames.headers(7, Wire.fields(method)) + RawFrames.data(7, Wire.message([7]))
            + RawFrames.frame(8, id: 7, RawFrames.bigEndian(1))
            + RawFrames.frame(3, id: 7, RawFrames.bigEndian(8)))
        #expect(try connection.frames(beforePong: 2).filter { $0.id != 0 } == [])
        #expect(world.lastSeen.startedCount == 2)

        try connection.socket.send(RawFrames.data(1, Wire.message([1]), endsStream: true))
        let rest = try connection.rest()
        #expect(rest.contains { $0.id == 1 && $0.isData })
        #expect(rest.contains { $0.id == 1 && $0.isHeaders && $0.endsStream })
        #expect(!rest.contains { $0.id > 1 || $0.isGoAway })
        #expect(connection.isClosed)
      }
    }
  }

  @Test("Q26: to a client a server that drains becomes UNAVAILABLE, and nothing else")
  func unavailable() async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(world.router) { address, server in
      let channel = HTTP2Channel(endpoint: address)
      @Sendable func call(_ method: String) async throws {
        let answer = try await channel.unary(
          WireWorld.method(method, .unary), request: [1], metadata: [:],
          options: CallOptions(timeout: .seconds(20)))
        #expect(answer.message == [1])
      }
      // Keeps the server from its end, and the connection that all calls share.
      let sleeping = Task { try await call("Sleep") }
      let isRunning = try await world.eventually { $0.startedCount == 1 }
      #expect(isRunning)
      try await call("Echo")
      server.shutdownGracefully()
      // Calls that come before the last GOAWAY are served.
      var code: StatusCode?
      for _ in 0..<1000 where code == nil {
        do { try await call("Echo") } catch let error as RPCError { code = error.code }
      }
      #expect(code == .unavailable)
      #expect(world.lastSeen.cancelledCount == 0)
      sleeping.cancel()
      await #expect(throws: RPCError.self) { try await sleeping.value }
      await channel.close()
    }
  }
}
