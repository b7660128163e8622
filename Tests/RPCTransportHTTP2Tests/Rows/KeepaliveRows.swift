import HTTP2
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of keepalive: C4", .timeLimit(.minutes(2)))
struct KeepaliveRows {
  // MARK: The server asks

  private static func shortKeepalive(_ configuration: inout HTTP2Server.Configuration) {
    configuration.limits.keepaliveTime = .milliseconds(200)
    configuration.limits.keepaliveTimeout = .milliseconds(400)
  }

  @Test("C4: a silent client is asked by PING, and stays while it answers")
  func asked() async throws {
    try await Wire.withConnection(configure: Self.shortKeepalive) { connection in
      for _ in 0..<4 {
        let asked = ContinuousClock.now
        let ping = try connection.first { $0.isPing && !$0.isAcknowledgement }
        let payload = try #require(ping).payload
        #expect(asked.duration(to: .now) >= .milliseconds(150))
        try connection.socket.send(RawFrames.frame(6, flags: 1, payload))
      }
      _ = try connection.frames(beforePong: 1)
    }
  }

  @Test("C4: a client that does not answer is given up, and its calls are cancelled")
  func unanswered() async throws {
    let world = WireWorld()
    try await Wire.withServer(world.router, configure: Self.shortKeepalive) { port in
      try await Wire.blocking {
        let connection = try RawConnection(port: port)
        try connection.socket.send(Wire.request(1, "Sleep", body: Wire.message([1])))
        let began = ContinuousClock.now
        let frames = try connection.rest()
        #expect(connection.isClosed)
        #expect(frames.contains { $0.isPing && !$0.isAcknowledgement })
        #expect(began.duration(to: .now) >= .milliseconds(550))
      }
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
    }
  }

  @Test("C4: who speaks is not asked, and any frame is an answer")
  func speaking() async throws {
    try await Wire.withConnection(
      configure: Wire.setting { configuration in
        configuration.limits.keepaliveTime = .seconds(2)
        configuration.limits.keepaliveTimeout = .milliseconds(400)
      }
    ) { connection in
      for call in 0..<60 {
        try connection.socket.send(Wire.request(Int32(2 * call + 1), body: Wire.message([1])))
        let end = ContinuousClock.now + .milliseconds(50)
        while let frame = try? connection.next(before: end) {
          #expect(!frame.isPing)
        }
      }
      // Now it asks; a call will do as an answer.
      _ = try connection.first { $0.isPing && !$0.isAcknowledgement }
      try connection.socket.send(Wire.request(201, body: Wire.message([1])))
      #expect(try connection.first { $0.id == 201 && $0.endsStream } != nil)
      let end = ContinuousClock.now + .milliseconds(700)
      while (try? connection.next(before: end)) != nil {}
      #expect(!connection.isClosed)
    }
  }

  // MARK: The client asks

  /// PINGs one after the other, until the server has had enough; how many it answered, and its farewell.
  private static func ping(
    _ connection: RawConnection, countMax: Int
  ) throws -> (answered: Int, farewell: RawConnection.Frame?) {
    for count in 0..<countMax {
      try? connection.socket.send(RawFrames.ping(UInt8(count)))
      let frame = try connection.first { $0.isPing || $0.isGoAway }
      guard let frame, frame.isPing else { return (count, frame) }
    }
    return (countMax, nil)
  }

  @Test(
    "C4: the third PING too many ends the connection with too_many_pings", arguments: [true, false])
  func tooMany(_ hasCall: Bool) async throws {
    try await Wire.withConnection { connection in
      if hasCall {
        try connection.socket.send(Wire.request(1, "Sleep", body: Wire.message([1])))
      }
      let (answered, farewell) = try Self.ping(connection, countMax: 20)
      // The first after SETTINGS is free, two strikes are let pass.
      #expect((3...4).contains(answered))
      #expect(farewell?.code == 11)
      #expect(farewell?.debugText == "too_many_pings")
      _ = try connection.rest()
      #expect(connection.isClosed)
    }
  }

  @Test("C4: PINGs no sooner than allowed are no strikes")
  func patient() async throws {
    try await Wire.withConnection(
      configure: Wire.setting { $0.limits.http2.pingIntervalMinNanoseconds = 0 }
    ) {
      connection in
      try connection.socket.send(Wire.request(1, "Sleep", body: Wire.message([1])))
      #expect(try Self.ping(connection, countMax: 50).answered == 50)
    }
    try await Wire.withConnection(
      configure: Wire.setting {
        $0.limits.http2.pingIntervalMinNanoseconds = 0
        $0.limits.http2.permitsPingsWithoutStreams = true
      }
    ) {
      let answered = try Self.ping($0, countMax: 50).answered
      #expect(answered == 50)
    }
    // Without calls the longer pause holds, unless that is permitted.
    try await Wire.withConnection(
      configure: Wire.setting { $0.limits.http2.pingIntervalMinNanoseconds = 0 }
    ) {
      let farewell = try Self.ping($0, countMax: 50).farewell
      #expect(farewell?.code == 11)
    }
  }

  @Test("C4: strikes are forgotten when the server has sent HEADERS or DATA, however often")
  func reset() async throws {
    try await Wire.withConnection { connection in
      // A hundred PINGs that follow nothing are a flood whatever else goes on (T5); these are two each time.
      for call in 0..<45 {
        let id = Int32(2 * call + 1)
        try connection.socket.send(Wire.request(id, body: Wire.message([1])))
        #expect(try connection.first { $0.id == id && $0.endsStream } != nil)
        #expect(try Self.ping(connection, countMax: 3).farewell == nil)
      }
    }
  }

  @Test("C4: a PING in each round of a stream, as bandwidth estimators send, is no strike")
  func estimator() async throws {
    try await Wire.withConnection { connection in
      try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
      for round in 0..<500 {
        try connection.socket.send(
          RawFrames.data(1, Wire.message([1])) + RawFrames.ping(UInt8(round % 200)))
        var kinds: Set<UInt8> = []
        while !kinds.isSuperset(of: [0, 6]) {
          guard let frame = try connection.first(where: { $0.isPing || $0.isData || $0.isGoAway })
          else { break }
          kinds.insert(frame.type)
          if frame.isGoAway { break }
        }
        #expect(kinds == [0, 6], "round \(round)")
        if kinds != [0, 6] { break }
      }
    }
  }
}
