import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of responses: R1–R3, R5, R15", .timeLimit(.minutes(2)))
struct ResponseRows {
  static let methods = WireWorld.echoes.map(\.name)

  /// Frames of the first stream up to its end.
  private static func frames(_ connection: RawConnection) throws -> [RawConnection.Frame] {
    var frames: [RawConnection.Frame] = []
    while frames.last?.endsStream != true {
      guard let frame = try connection.first(where: { $0.id == 1 }) else { break }
      frames.append(frame)
    }
    return frames
  }

  // MARK: R1

  @Test(
    "R1: a response has a head, messages and trailers, each header list in one block",
    arguments: methods)
  func shape(_ method: String) async throws {
    let frames = try await Wire.withConnection { connection in
      try connection.socket.send(
        Wire.request(1, method, [("x-head", "a"), ("x-tail", "b")], body: Wire.message([1])))
      return try Self.frames(connection)
    }
    #expect(frames.first?.isHeaders == true && frames.first?.endsStream == false)
    #expect(frames.last?.isHeaders == true && frames.last?.endsStream == true)
    #expect(frames.dropFirst().dropLast().allSatisfy { $0.isData && !$0.endsStream })
    #expect(frames.filter(\.isHeaders).allSatisfy { $0.flags & 4 != 0 })
    let answer = try await Wire.withClient { client in
      try client.call(
        Wire.fields(method, [("x-head", "a"), ("x-tail", "b")]), body: Wire.message([1]))
    }
    #expect(answer.headers[":status"] == "200")
    #expect(answer.headers["content-type"] == "application/grpc")
    #expect(answer.headers["x-head"] == "a" && answer.headers["grpc-status"] == nil)
    #expect(answer.trailers["x-tail"] == "b" && answer.trailers["x-head"] == nil)
  }

  @Test("R1: an immediate error is one HEADERS that ends the stream", arguments: methods)
  func trailersOnly(_ method: String) async throws {
    let (frames, answer) = try await Wire.withServer { port in
      try await Wire.blocking {
        let connection = try RawConnection(port: port)
        let changes: [(String, String?)] = [("x-fail", "9"), ("x-head", "a"), ("x-tail", "b")]
        try connection.socket.send(Wire.request(1, method, changes, body: Wire.message([1])))
        let frames = try Self.frames(connection)
        let answer = try RawClient(port: port).call(
          Wire.fields(method, changes), body: Wire.message([1]))
        return (frames, answer)
      }
    }
    #expect(frames.count == 1 && frames[0].isHeaders && frames[0].endsStream)
    #expect(answer.isTrailersOnly && answer.status == "9")
    #expect(answer.headers["x-head"] == "a" && answer.headers["x-tail"] == "b")
  }

  @Test("R1: headers wait for the first message, and leave without one when they are told to")
  func delayed() async throws {
    try await Wire.withConnection { connection in
      try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
      #expect(try connection.frames(beforePong: 1).isEmpty)
      try connection.socket.send(RawFrames.data(1, Wire.message([1])))
      let first = try connection.first { $0.id == 1 }
      #expect(first?.isHeaders == true && first?.endsStream == false)
      #expect(try connection.first { $0.id == 1 }?.isData == true)

      try connection.socket.send(RawFrames.headers(3, Wire.fields("HeadersFirst")))
      let head = try connection.first { $0.id == 3 }
      #expect(head?.isHeaders == true && head?.endsStream == false)
      #expect(try connection.frames(beforePong: 9).isEmpty)
      try connection.socket.send(RawFrames.data(3, [], endsStream: true))
      let end = try connection.first { $0.id == 3 }
      #expect(end?.isHeaders == true && end?.endsStream == true)
    }
  }

  @Test("R1: a stream that ends well without messages has head and trailers")
  func noMessages() async throws {
    let answer = try await Wire.withClient { try $0.call(Wire.fields("Mirror"), body: []) }
    #expect(answer.headers[":status"] == "200" && answer.headers["grpc-status"] == nil)
    #expect(answer.trailers["grpc-status"] == "0" && answer.body.isEmpty)
  }

  // MARK: R2, R3, R5

  @Test("R2: every status is a decimal number, and an empty text is left out", arguments: 1...16)
  func status(_ code: Int) async throws {
    for method in Self.methods {
      let answer = try await Wire.withClient { client in
        try client.call(Wire.fields(method, [("x-fail", "\(code)")]), body: Wire.message([1]))
      }
      #expect(answer.status == "\(code)")
      #expect(answer.message == nil)
    }
  }

  @Test("R2: success has a status too, and no text")
  func success() async throws {
    let answer = try await Wire.withClient { try $0.call(Wire.fields(), body: Wire.message([1])) }
    #expect(answer.trailers == ["grpc-status": "0"])
  }

  @Test("R2: an error behind messages is in the trailers, and the messages arrive")
  func late() async throws {
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields("FailLate"), body: Wire.message([1]))
    }
    #expect(answer.body == Wire.message([1]))
    #expect(answer.headers["grpc-status"] == nil)
    #expect(answer.trailers["grpc-status"] == "15" && answer.trailers["grpc-message"] == "late")
  }

  static let texts: [(String, String)] = [
    ("plain text", "plain text"), ("100 %", "100 %25"), ("%41", "%2541"), (" a ", "%20a%20"),
    (
      "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n",
      "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A"
    ),
    ("\u{FFFD}\u{0}\u{7F}~", "%EF%BF%BD%00%7F~"),
  ]

  @Test("R3: a status text is UTF-8 in percents, in capital digits", arguments: texts)
  func message(_ text: String, _ encoded: String) async throws {
    let world = Failing(error: RPCError(.unknown, text))
    let answer = try await Wire.withClient(Router(services: [world])) { client in
      try client.call(Wire.fields("", [(":path", "/wire.v1.Failing/Fail")]), body: Wire.message([]))
    }
    #expect(answer.status == "2")
    #expect(answer.message == encoded)
  }

  @Test("R5: details are base64 without padding, beside the same code and text")
  func details() async throws {
    // google.rpc.Status with code 9 and message "no".
    let details: [UInt8] = [8, 9, 18, 2, 0x6E, 0x6F]
    let world = Failing(error: RPCError(.failedPrecondition, "no", details: details))
    let answer = try await Wire.withClient(Router(services: [world])) { client in
      try client.call(Wire.fields("", [(":path", "/wire.v1.Failing/Fail")]), body: Wire.message([]))
    }
    #expect(answer.headers["grpc-status-details-bin"] == "CAkSAm5v")
    #expect(answer.status == "9" && answer.message == "no")
  }

  private struct Failing: RPCService {
    static let serviceName = "wire.v1.Failing"
    let error: RPCError

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          MethodDescriptor(service: Self.serviceName, method: "Fail", kind: .unary),
          .unary { _, _ in throw error })
      ]
    }
  }

  // MARK: R15

  static let early: [(String, [UInt8])] = [
    ("Hasty", []), ("Nothing", []), ("Mirror", [9, 0, 0, 0, 0]), ("Gather", [9, 0, 0, 0, 0]),
    ("Echo", [9, 0, 0, 0, 0]), ("Twice", [9, 0, 0, 0, 0]),
  ]

  @Test(
    "R15: trailers before the request's end are followed by RST NO_ERROR, which frees the stream",
    arguments: early)
  func earlyEnd(_ method: String, _ body: [UInt8]) async throws {
    let frames = try await Wire.withConnection { connection in
      try connection.socket.send(
        RawFrames.headers(1, Wire.fields(method)) + RawFrames.data(1, body))
      var frames = try Self.frames(connection)
      if let reset = try connection.first(where: { $0.id == 1 }) { frames.append(reset) }
      // What comes late for it is nobody's fault.
      try connection.socket.send(RawFrames.data(1, Wire.message([2]), endsStream: true))
      return try frames + connection.frames(beforePong: 1)
    }
    #expect(frames.dropLast().last?.endsStream == true)
    #expect(frames.last?.isReset == true && frames.last?.code == 0)
  }

  @Test("R15: a stream that both have ended is not reset", arguments: methods)
  func noReset(_ method: String) async throws {
    let frames = try await Wire.withConnection { connection in
      try connection.socket.send(Wire.request(1, method, body: Wire.message([1])))
      return try Self.frames(connection) + connection.frames(beforePong: 1)
    }
    #expect(frames.allSatisfy { !$0.isReset })
  }

  // MARK: One write

  @Test(
    "headers, message and trailers of a unary answer leave in one write",
    arguments: [0, 100, 10_000])
  func oneWrite(_ size: Int) async throws {
    try await Wire.withConnection { connection in
      let body = Wire.message([UInt8](repeating: 1, count: size))
      for call in 0..<200 {
        let id = Int32(2 * call + 1)
        // Credit for long answers; the server sends nothing of its own for it.
        try connection.socket.send(
          RawFrames.windowUpdate(0, 20_000) + Wire.request(id, body: body))
        let before = connection.readCount
        var kinds: [UInt8] = []
        while let frame = try connection.first(where: { $0.id == id }) {
          kinds.append(frame.type)
          if frame.endsStream { break }
        }
        #expect(kinds == [1, 0, 1])
        #expect(connection.readCount == before + 1, "call \(call)")
      }
    }
  }

  @Test("the answers to calls that were read together leave together")
  func manyInOneWrite() async throws {
    try await Wire.withConnection { connection in
      // The first reads of a connection are small and cut what comes; they grow with it.
      var readCount = 0
      for round in 0..<8 {
        let ids = (0..<50).map { Int32(2 * (50 * round + $0) + 1) }
        try connection.socket.send(ids.flatMap { Wire.request($0, body: Wire.message([1])) })
        let before = connection.readCount
        for _ in ids { #expect(try connection.first { $0.endsStream } != nil) }
        readCount = connection.readCount - before
      }
      #expect(readCount <= 2)
    }
  }
}
