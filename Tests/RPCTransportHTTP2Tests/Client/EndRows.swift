import Glibc
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("how callers end their calls: deadlines and cancellation", .timeLimit(.minutes(2)))
struct EndRows {
  private static func oneMessage(_ id: Int32) -> [UInt8] {
    Answers.head(id) + Answers.message(id, [1])
  }

  /// A server that answers nothing, or a head; the code by which the client resets its call.
  private static func reset(
    sending frames: @escaping @Sendable (Int32) -> [UInt8] = { _ in [] },
    code: UInt32 = 8,
    _ body: @Sendable (HTTP2Channel, Signal) async throws -> Void
  ) async throws {
    let isSeen = Signal()
    let isReset = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.head().id
      try connection.send(frames(id))
      try connection.ping(1)
      isSeen.set()
      #expect(try connection.reset(of: id) == code)
      isReset.set()
      try connection.untilGone()
    } _: { channel in
      try await body(channel, isSeen)
      await isReset.passed()
    }
  }

  /// Cancels the task once the server has seen the call; answers how what it did has ended.
  private static func cancelled(
    _ isSeen: Signal, _ body: @escaping @Sendable () async throws(RPCError) -> Void
  ) async -> StatusCode? {
    let task = Task { () -> StatusCode? in
      do throws(RPCError) {
        try await body()
        return nil
      } catch {
        return error.code
      }
    }
    await isSeen.passed()
    task.cancel()
    return await task.value
  }

  @Test("Q12: the deadline of a unary call: DEADLINE_EXCEEDED, and the server hears of it")
  func deadline() async throws {
    try await Self.reset { channel, _ in
      let start = ContinuousClock.now
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(200)))
      #expect(error?.code == .deadlineExceeded)
      let waited = start.duration(to: .now)
      #expect(waited >= .milliseconds(200))
      #expect(waited < .seconds(5))
    }
  }

  @Test("Q12: the deadline of a call with streams; what came and was not taken is thrown away")
  func streamDeadline() async throws {
    try await Self.reset(sending: Self.oneMessage) {
      channel, seen in
      let call = channel.stream(
        .bidirectionalStreaming, options: CallOptions(timeout: .milliseconds(300)))
      await seen.passed()
      let first = try await call.next()
      #expect(first == [1])
      let (responses, error) = await call.all()
      #expect(responses.isEmpty)
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test("Q12: a deadline that has passed before the call: nothing is sent")
  func passed() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let request = try connection.request()
      #expect(request.messages == [[2]])
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure([1], options: CallOptions(timeout: .zero))
      #expect(error?.code == .deadlineExceeded)
      try await channel.ask([2])
    }
  }

  @Test("Q10, Q11: the server is told the time that is left, of the earlier of both deadlines")
  func told() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let request = try connection.request()
      let text = try #require(request.fields["grpc-timeout"])
      let unit = try #require(text.last)
      let number = try #require(Int(text.dropLast()))
      #expect(text.utf8.count <= 9)
      let microseconds = try #require(["m": 1000, "u": 1, "S": 1_000_000][unit]) * number
      #expect((4_000_000...5_001_000).contains(microseconds), "\(text)")
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
    } _: { channel in
      try await channel.ask(
        options: CallOptions(timeout: .seconds(9), deadline: Deadline(.seconds(5), after: .now)))
    }
  }

  @Test("Q12: what a call waited for when its deadline passed before there was a connection")
  func deadlineWithoutConnection() async throws {
    try await ScriptedServer.with { connection in
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(100)))
      #expect(error?.code == .deadlineExceeded)
      #expect(error?.message.contains("before there was a connection to 127.0.0.1:") == true)
    }
  }

  @Test("R14: the server's CANCEL at the deadline is DEADLINE_EXCEEDED")
  func serverDeadline() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      for _ in 0..<20 {
        let request = try connection.request()
        // At about the moment when the client's own time is over.
        usleep(20_000)
        try connection.send(RawFrames.reset(request.id, 8))
      }
      try connection.untilGone()
    } _: { channel in
      for _ in 0..<20 {
        let error = await channel.failure(options: CallOptions(timeout: .milliseconds(19)))
        #expect(error?.code == .deadlineExceeded)
      }
    }
  }

  @Test("R13: cancelling the task of a unary call: CANCELLED, and the server hears of it")
  func cancelUnary() async throws {
    try await Self.reset { channel, seen in
      let code = await Self.cancelled(seen) { () throws(RPCError) in try await channel.ask() }
      #expect(code == .cancelled)
    }
  }

  @Test("R13: cancelling a task that waits for a response")
  func cancelNext() async throws {
    try await Self.reset { channel, seen in
      let call = channel.stream(.bidirectionalStreaming)
      let code = await Self.cancelled(seen) { () throws(RPCError) in _ = try await call.next() }
      #expect(code == .cancelled)
    }
  }

  @Test("R13: cancelling a task that waits for the head")
  func cancelMetadata() async throws {
    try await Self.reset { channel, seen in
      let call = channel.stream(.bidirectionalStreaming)
      let code = await Self.cancelled(seen) { () throws(RPCError) in _ = try await call.metadata() }
      #expect(code == .cancelled)
    }
  }

  @Test("R13: cancelling a task that waits to write")
  func cancelWrite() async throws {
    try await Self.reset { channel, seen in
      let call = channel.stream(.bidirectionalStreaming)
      let code = await Self.cancelled(seen) { () throws(RPCError) in
        // More than the window that servers begin with.
        while true { try await call.write([UInt8](repeating: 0, count: 50_000), compressed: nil) }
      }
      #expect(code == .cancelled)
    }
  }

  @Test("R13: a call that is cancelled; responses that were not taken are gone")
  func cancel() async throws {
    try await Self.reset(sending: Self.oneMessage) {
      channel, seen in
      let call = channel.stream(.serverStreaming, request: [7])
      await seen.passed()
      let head = try await call.metadata()
      #expect(head.isEmpty)
      call.cancel()
      let (responses, error) = await call.all()
      #expect(responses.isEmpty)
      #expect(error?.code == .cancelled)
    }
  }

  @Test("R13: a call that nobody holds any more is cancelled", arguments: [false, true])
  func dropped(_ hasRead: Bool) async throws {
    try await Self.reset(sending: Self.oneMessage) {
      channel, seen in
      let client = RPCClient(transport: channel)
      do {
        let method = WireWorld.method("Twice", .serverStreaming)
        let call = client.serverStreaming(method, Raw([7]), as: Raw.self)
        await seen.passed()
        if hasRead {
          for try await response in call {
            #expect(response == Raw([1]))
            break
          }
        }
      }
    }
  }

  @Test("R13: a stream of the transport that nobody holds any more is cancelled")
  func streamDropped() async throws {
    try await Self.reset { channel, seen in
      let start = ContinuousClock.now
      do {
        let call = channel.stream(.bidirectionalStreaming)
        await seen.passed()
        withExtendedLifetime(call) {}
      }
      // Long before its deadline, which would end it too.
      await channel.close()
      #expect(start.duration(to: .now) < .seconds(10))
    }
  }

  @Test(
    "R13: a task that was cancelled before its call: CANCELLED, nothing is sent, and the channel closes"
  )
  func cancelledBefore() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let request = try connection.request()
      #expect(request.messages == [[2]])
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
      #expect(connection.requests.count == 1)
    } _: { channel in
      for _ in 0..<10 {
        let task = Task { () -> StatusCode? in
          while !Task.isCancelled { await Task.yield() }
          return await channel.failure([1])?.code
        }
        task.cancel()
        let code = await task.value
        #expect(code == .cancelled)
      }
      try await channel.ask([2])
      // Whether the channel counts its calls right shows when it is to close with the last of them.
    }
  }

  @Test("C6: a closed channel takes no calls, and a closing one finishes those it has")
  func closing() async throws {
    let isSeen = Signal()
    let isRefused = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      isSeen.set()
      isRefused.wait()
      try connection.send(Answers.ok(id))
      try connection.untilGone()
    } _: { channel in
      async let running = channel.ask()
      await isSeen.passed()
      async let closed: Void = channel.close()
      var error = await channel.failure(options: CallOptions(timeout: .milliseconds(100)))
      while error?.code == .deadlineExceeded {
        error = await channel.failure(options: CallOptions(timeout: .milliseconds(100)))
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "the channel is closed")
      isRefused.set()
      let answer = try await running
      #expect(answer == [7])
      await closed
    }
  }

  @Test(
    "Q17: a first request larger than what a call may hold back is sent once there is a connection")
  func largeFirst() async throws {
    try await ScriptedServer.with { connection in
      // The client must wait for a connection, with the request in its hands.
      usleep(100_000)
      try connection.begin()
      let id = try connection.head().id
      try connection.send(RawFrames.windowUpdate(0, 1 << 20) + RawFrames.windowUpdate(id, 1 << 20))
      let request = try connection.request()
      #expect(request.messages.map(\.count) == [200_000, 1])
      try connection.send(Answers.ok(request.id))
      try connection.untilGone()
    } _: { channel in
      let call = channel.stream(.bidirectionalStreaming, options: CallOptions(timeout: .seconds(5)))
      try await call.write([UInt8](repeating: 1, count: 200_000), compressed: nil)
      try await call.write([1], compressed: nil)
      call.finish()
      let (responses, error) = await call.all()
      #expect(responses == [[7]])
      #expect(error == nil)
    }
  }
}

/// A message that is its bytes.
struct Raw: RPCMessage, Hashable {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(serializedBytes: RawSpan) throws {
    // SAFETY: the bytes are only copied inside the closure.
    bytes = unsafe serializedBytes.withUnsafeBytes { unsafe Array($0) }
  }

  func serialize(into buffer: inout [UInt8]) throws { buffer += bytes }
}
