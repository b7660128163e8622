import HTTP2
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and its connections: C1, C3, C4, C6", .timeLimit(.minutes(2)))
struct ConnectionLifeRows {
  /// A configuration that keeps asking for a connection soon, and gives up waiting for one soon.
  private static func impatient(_ configuration: inout HTTP2Channel.Configuration) {
    configuration.connectTimeout = .milliseconds(300)
    configuration.backoff = Backoff(initial: .seconds(60), multiplier: 1, max: .seconds(60))
  }

  @Test("C3: each PING is answered, before, between and after head and data")
  func pings() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      try connection.ping(1)
      let id = try connection.request().id
      try connection.ping(2)
      try connection.send(Answers.head(id))
      try connection.ping(3)
      try connection.send(Answers.message(id, [7]))
      try connection.ping(4)
      try connection.send(Answers.trailers(id))
      try connection.ping(5)
      try connection.untilGone()
      let marks = connection.others.filter { $0.isPing && $0.isAcknowledgement }.map(\.payload)
      #expect(marks == (1...5).map { [1, 2, 3, 4, 5, 6, 7, $0] })
    } _: { channel in
      let answer = try await channel.ask()
      #expect(answer == [7])
    }
  }

  @Test("C1, Q7, Q9: what a request looks like")
  func request() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let request = try connection.request()
      #expect(request.fields[":method"] == "POST")
      #expect(request.fields[":scheme"] == "http")
      #expect(request.fields[":path"] == "/wire.v1.Kinds/Echo")
      #expect(request.fields[":authority"]?.hasPrefix("127.0.0.1:") == true)
      #expect(request.fields["te"] == "trailers")
      #expect(request.fields["content-type"] == "application/grpc")
      #expect(request.fields["user-agent"]?.hasPrefix("grpc-swift-pasarela/") == true)
      #expect(request.fields["x-own-bin"] == "AP8")
      #expect(request.fields["grpc-timeout"] != nil)
      #expect(request.body == Wire.message([7]))
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
    } _: { channel in
      try await channel.ask(metadata: ["x-own-bin": .binary([0, 255])])
    }
  }

  @Test("C6: the connection is lost: UNAVAILABLE, and the next call has a new one")
  func lost() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      if connection.index == 0 { return connection.close() }
      try connection.send(Answers.ok(id))
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("connection was lost") == true)
      let answer = try await channel.ask()
      #expect(answer == [7])
    }
  }

  @Test("C6: the connection is lost in the middle of responses: those before it stay")
  func lostInStream() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(Answers.head(id) + Answers.message(id, [1]))
      try connection.ping(1)
      connection.close()
    } _: { channel in
      let (responses, error) = await channel.stream(.serverStreaming, request: [7]).all()
      #expect(responses == [[1]])
      #expect(error?.code == .unavailable)
    }
  }

  @Test("C6: a server that says nothing: UNAVAILABLE when the time to connect is over, and why")
  func silent() async throws {
    try await ScriptedServer.with { connection in
      try connection.untilGone()
    } configure: {
      Self.impatient(&$0)
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("no HTTP/2 within 0.3 seconds") == true, "\(error as Any)")
    }
  }

  @Test("C6: a server that does not speak HTTP/2: UNAVAILABLE, and why")
  func foreign() async throws {
    try await ScriptedServer.with { connection in
      try connection.send(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8))
      try connection.untilGone()
    } configure: {
      Self.impatient(&$0)
      $0.connectTimeout = .seconds(10)
    } _: { channel in
      let start = ContinuousClock.now
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("HTTP/2") == true, "\(error as Any)")
      #expect(start.duration(to: .now) < .seconds(5))
    }
  }

  @Test("C6: nobody listens: UNAVAILABLE at once, and why")
  func nobody() async throws {
    let listener = try RawListener()
    let port = listener.port
    listener.stop()
    let channel = HTTP2Channel(endpoint: .tcp(host: "127.0.0.1", port: port))
    let start = ContinuousClock.now
    let error = await channel.failure()
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("127.0.0.1:\(port)") == true, "\(error as Any)")
    #expect(error?.message.contains("refused") == true, "\(error as Any)")
    #expect(start.duration(to: .now) < .seconds(5))
    await Channels.close(channel)
  }

  @Test("C3, C4: a server that answers no PING: its calls are UNAVAILABLE")
  func keepalive() async throws {
    let isOver = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      _ = try connection.request()
      isOver.wait()
    } configure: {
      $0.keepalive = .briefly(time: .milliseconds(50), timeout: .milliseconds(100))
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("keepalive") == true, "\(error as Any)")
      isOver.set()
    }
  }

  @Test("C4: a server that answers PINGs is asked as long as there are calls, and no longer")
  func keepaliveAnswered() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.read { connection.others.filter(\.isPing).count >= 3 }
      try connection.send(Answers.ok(id))
      // Without calls one more may be under way, and then none.
      let before = connection.others.count
      try connection.ping(1)
      do {
        try connection.read(within: .milliseconds(300)) { false }
      } catch is RawSocket.Failure {}
      #expect(connection.others.filter { $0.isPing && !$0.isAcknowledgement }.count <= before + 1)
      try connection.send(Answers.ok(try connection.request().id))
      try connection.untilGone()
    } configure: {
      $0.keepalive = .briefly(time: .milliseconds(40), timeout: .milliseconds(200))
    } _: { channel in
      for _ in 0..<2 { try await channel.ask() }
    }
  }

  /// What the client lets a script send.
  private struct Credit {
    private let connection: RawServed
    private var whole = 65_535
    private var stream = HTTP2Limits().streamWindowByteCount
    private var seen = 0

    init(_ connection: RawServed) { self.connection = connection }

    mutating func take(_ count: Int, _ id: Int32) throws {
      update(id)
      if min(whole, stream) < count {
        try connection.read { [self] in
          var copy = self
          copy.update(id)
          return min(copy.whole, copy.stream) >= count
        }
        update(id)
      }
      whole -= count
      stream -= count
    }

    private mutating func update(_ id: Int32) {
      for frame in connection.others[seen...] where frame.type == 8 {
        let increment = frame.payload.reduce(0) { $0 << 8 | Int($1) }
        if frame.id == 0 { whole += increment } else if frame.id == id { stream += increment }
      }
      seen = connection.others.count
    }
  }

  @Test("Q17, C1: padding takes part in flow control: fifteen megabytes of it stall nothing")
  func padding() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(Answers.head(id) + Answers.message(id, []))
      // A message of 300,000 bytes, five in a frame, with 255 bytes of padding each.
      let message = Wire.message([UInt8](repeating: 3, count: 299_995))
      var sent = 0
      var credit = Credit(connection)
      while sent < message.count {
        let frame = RawFrames.paddedData(id, Array(message[sent..<sent + 5]))
        try credit.take(frame.count - 9, id)
        try connection.send(frame)
        sent += 5
      }
      try connection.send(Answers.trailers(id))
      try connection.untilGone()
    } _: { channel in
      let (responses, error) = await channel.stream(.serverStreaming, request: [7]).all()
      #expect(error == nil)
      #expect(responses.map(\.count) == [0, 299_995])
    }
  }
}
