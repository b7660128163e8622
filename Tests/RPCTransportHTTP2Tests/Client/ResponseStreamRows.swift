import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("the client's calls with streams and how servers end them", .timeLimit(.minutes(2)))
struct ResponseStreamRows {
  /// A call with many responses, and the end that `frames` make of it.
  private static func received(
    _ frames: @escaping @Sendable (Int32) -> [UInt8]
  ) async throws -> (responses: [[UInt8]], error: RPCError?) {
    try await ScriptedServer.with { connection in
      try connection.begin()
      try connection.send(frames(try connection.request().id))
      try connection.untilGone()
    } _: { channel in
      await channel.stream(.serverStreaming, request: [7]).all()
    }
  }

  @Test("R12: messages that came before a missing end stay")
  func noTrailers() async throws {
    let (responses, error) = try await Self.received { id in
      Answers.head(id) + Answers.message(id, [1])
        + RawFrames.data(id, Wire.message([2]), endsStream: true)
    }
    #expect(responses == [[1], [2]])
    #expect(error?.code == .internal)
  }

  @Test("Q18: messages that came before a cut one stay")
  func cut() async throws {
    let (responses, error) = try await Self.received { id in
      Answers.head(id) + Answers.message(id, [1]) + RawFrames.data(id, [0, 0, 0, 0, 9, 1])
        + Answers.trailers(id)
    }
    #expect(responses == [[1]])
    #expect(error?.code == .internal)
  }

  @Test("Q18: messages that came before one over the limit stay")
  func overTheLimit() async throws {
    let (responses, error) = try await Self.received { id in
      Answers.head(id) + Answers.message(id, [1]) + RawFrames.data(id, [0, 0xFF, 0, 0, 0, 1])
    }
    #expect(responses == [[1]])
    #expect(error?.code == .resourceExhausted)
  }

  @Test("R2: messages that came before a failure stay, and its trailers are in the error")
  func failure() async throws {
    let (responses, error) = try await Self.received { id in
      Answers.head(id) + Answers.message(id, [1])
        + Answers.trailers(id, "15", [("grpc-message", "lost"), ("x-a", "1"), ("x-a", "2")])
    }
    #expect(responses == [[1]])
    #expect(error?.code == .dataLoss)
    #expect(error?.message == "lost")
    #expect(error?.metadata.values(for: "x-a") == ["1", "2"])
  }

  @Test(
    "R13: RST_STREAM after the head, within a message and behind one: the call fails",
    arguments: 0..<3)
  func reset(_ place: Int) async throws {
    let (responses, error) = try await Self.received { id in
      let begun = [
        Answers.head(id),
        Answers.head(id) + RawFrames.data(id, [0, 0, 0, 0, 9, 1]),
        Answers.head(id) + Answers.message(id, [1]),
      ]
      return begun[place] + RawFrames.reset(id, 0)
    }
    #expect(responses == (place == 2 ? [[1]] : []))
    #expect(error?.code == .internal)
    #expect(error?.message.contains("code 0") == true)
  }

  @Test(
    "R13: RST_STREAM after the head, within a message and behind one: a unary call fails",
    arguments: 0..<3)
  func resetOfUnary(_ place: Int) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      let begun = [[], RawFrames.data(id, [0, 0, 0, 0, 9, 1]), Answers.message(id, [1])]
      try connection.send(Answers.head(id) + begun[place] + RawFrames.reset(id, 0))
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == .internal)
    }
  }

  @Test(
    "R15: trailers before the requests' end: the client resets with NO_ERROR",
    arguments: ["0", "8"])
  func early(_ status: String) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.head().id
      try connection.send(
        Answers.head(id) + Answers.message(id, [1]) + Answers.trailers(id, status))
      #expect(try connection.reset(of: id) == 0)
      #expect(!connection.request(id).isEnded)
      try connection.untilGone()
    } _: { channel in
      let call = channel.stream(.bidirectionalStreaming)
      let (responses, error) = await call.all()
      #expect(responses == [[1]])
      #expect(error?.code == (status == "0" ? nil : .resourceExhausted))
      // Requests have nowhere to go any more.
      let refused = await #expect(throws: RPCError.self) {
        try await call.write([1], compressed: nil)
      }
      #expect(refused?.code == (status == "0" ? .cancelled : .resourceExhausted))
    }
  }

  @Test("D1: no message and two for a call with one response", arguments: [0, 2])
  func cardinality(_ count: Int) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      var answer = Answers.head(id)
      for _ in 0..<count { answer += Answers.message(id, [1]) }
      try connection.send(answer + Answers.trailers(id))
      try connection.untilGone()
    } _: { channel in
      let call = channel.stream(.clientStreaming)
      call.finish()
      let (responses, error) = await call.all()
      #expect(responses.isEmpty)
      #expect(error?.code == .unimplemented)
    }
  }

  @Test("Q17: a message in a hundred frames, and a hundred messages in one")
  func frames() async throws {
    let long = [UInt8](repeating: 5, count: 995)
    let (responses, error) = try await Self.received { id in
      let bytes = Wire.message(long)
      var answer = Answers.head(id)
      for start in stride(from: 0, to: bytes.count, by: 10) {
        answer += RawFrames.data(id, Array(bytes[start..<start + 10]))
      }
      answer += RawFrames.data(id, (0..<100).flatMap { Wire.message([$0]) })
      return answer + Answers.trailers(id)
    }
    #expect(error == nil)
    #expect(responses == [long] + (0..<100).map { [$0] })
  }

  @Test("R1, R2: head and trailers come to the caller, lists in order")
  func metadata() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(
        Answers.head(id, [("x-h", "1"), ("x-h", "2"), ("x-b-bin", "AAE,Ag==")])
          + Answers.message(id, [1]) + Answers.trailers(id, "0", [("x-t", "3"), ("x-t", "4")]))
      try connection.untilGone()
    } _: { channel in
      let call = channel.stream(.serverStreaming, request: [7])
      let head = try await call.metadata()
      #expect(head.values(for: "x-h") == ["1", "2"])
      #expect(head.binaryValues(for: "x-b-bin") == [[0, 1], [2]])
      let (responses, error) = await call.all()
      #expect(responses == [[1]])
      #expect(error == nil)
      #expect(call.trailingMetadata.values(for: "x-t") == ["3", "4"])
    }
  }
}
