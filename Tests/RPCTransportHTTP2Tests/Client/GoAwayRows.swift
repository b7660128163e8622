import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and servers that say goodbye: C2", .timeLimit(.minutes(2)))
struct GoAwayRows {
  @Test("C2: after GOAWAY the next call goes to a new connection")
  func next() async throws {
    let connections = Mutex(Set<Int>())
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      _ = connections.withLock { $0.insert(connection.index) }
      // In one piece, so that the client knows of both when it answers its caller.
      try connection.send(
        Answers.ok(id, [UInt8(connection.index)]) + RawFrames.goAway(last: UInt32(id)))
      try connection.untilGone()
      #expect(connection.requests.count == 1)
    } _: { channel in
      for index in UInt8(0)..<3 {
        let answer = try await channel.ask()
        #expect(answer == [index])
      }
    }
    #expect(connections.withLock { $0 } == [0, 1, 2])
  }

  @Test("C2: a graceful GOAWAY lets calls end, and takes no new ones")
  func graceful() async throws {
    let isNoticed = Signal()
    let isAnswered = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      if connection.index > 0 {
        try connection.send(Answers.ok(try connection.request().id, [2]))
        return try connection.untilGone()
      }
      let id = try connection.request().id
      try connection.send(RawFrames.goAway(last: 0x7FFF_FFFF, 0, debug: Array("max_age".utf8)))
      try connection.ping(1)
      try connection.send(RawFrames.goAway(last: UInt32(id)))
      try connection.ping(2)
      isNoticed.set()
      isAnswered.wait()
      try connection.send(Answers.ok(id, [1]))
      try connection.untilGone()
      #expect(connection.requests.count == 1)
    } _: { channel in
      async let first = channel.ask([1])
      await isNoticed.passed()
      let second = try await channel.ask([2])
      #expect(second == [2])
      isAnswered.set()
      let answer = try await first
      #expect(answer == [1])
    }
  }

  @Test("C2: streams above GOAWAY's last id are tried again elsewhere, the others end here")
  func lastID() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      if connection.index > 0 {
        for _ in 0..<2 { try connection.send(Answers.ok(try connection.request().id, [9])) }
        // A retry that the caller cannot know of is not told to the server either.
        #expect(connection.requests.allSatisfy { $0.fields["grpc-previous-rpc-attempts"] == nil })
        return try connection.untilGone()
      }
      var ids: [Int32] = []
      for _ in 0..<3 { ids.append(try connection.request().id) }
      try connection.send(RawFrames.goAway(last: UInt32(ids[0])))
      try connection.send(Answers.ok(ids[0], [1]))
      try connection.untilGone()
    } _: { channel in
      let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<3 { group.addTask { try await channel.ask() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.sorted { $0[0] < $1[0] } == [[1], [9], [9]])
    }
  }

  @Test("C2: a call that two servers left out is not tried a third time")
  func leftOutTwice() async throws {
    let count = Mutex(0)
    try await ScriptedServer.with { connection in
      try connection.begin()
      _ = try connection.request()
      count.withLock { $0 += 1 }
      try connection.send(RawFrames.goAway(last: 0))
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
    }
    #expect(count.withLock { $0 } == 2)
  }

  @Test("C2: GOAWAY with a higher id than before ends the connection")
  func higherID() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(RawFrames.goAway(last: UInt32(id)))
      try connection.send(RawFrames.goAway(last: UInt32(id) + 2))
      try connection.untilGone()
      let last = connection.others.last { $0.isGoAway }
      #expect(last?.code == 1)
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
    }
  }

  @Test("R13: REFUSED_STREAM is tried again once, on the same connection")
  func refused() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      try connection.send(RawFrames.reset(try connection.request().id, 7))
      let second = try connection.request()
      #expect(second.messages == [[7]])
      #expect(second.fields["grpc-previous-rpc-attempts"] == nil)
      try connection.send(Answers.ok(second.id))
      for _ in 0..<2 { try connection.send(RawFrames.reset(try connection.request().id, 7)) }
      try connection.untilGone()
      #expect(connection.requests.count == 4)
    } _: { channel in
      let answer = try await channel.ask()
      #expect(answer == [7])
      let error = await channel.failure()
      #expect(error?.code == .unavailable)
    }
  }

  @Test(
    "C4: ENHANCE_YOUR_CALM too_many_pings doubles the time between PINGs of the next connections")
  func tooManyPings() async throws {
    let waits = Mutex<[Duration]>([])
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      let start = ContinuousClock.now
      try connection.read { connection.others.contains { $0.isPing } }
      waits.withLock { $0.append(start.duration(to: .now)) }
      try connection.send(Answers.ok(id))
      try connection.send(
        RawFrames.goAway(last: UInt32(id), 11, debug: Array("too_many_pings".utf8)))
      try connection.untilGone()
    } configure: {
      $0.keepalive = .briefly(time: .milliseconds(150), timeout: .seconds(10))
    } _: { channel in
      for _ in 0..<2 { try await channel.ask() }
    }
    let measured = waits.withLock { $0 }
    #expect(measured.count == 2)
    #expect((measured.first ?? .zero) >= .milliseconds(140))
    #expect((measured.last ?? .zero) >= .milliseconds(290))
  }
}
