import CallSuite
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Rules of grpc/doc/PROTOCOL-HTTP2.md, seen from the wire.
@Suite("a server on the wire")
struct WireTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var changes: [String: String]
    var httpStatus: String
    var grpcStatus: String?
    var testDescription: String { name }
  }

  /// Over 16 KiB as the rule counts it, but within one frame.
  static let longMetadata = Dictionary(
    uniqueKeysWithValues: (0..<60).map { ("x-\($0)", String(repeating: "a", count: 240)) })

  static let refusals = [
    Refusal(
      name: "another content-type", changes: ["content-type": "image/jpeg"], httpStatus: "415"),
    Refusal(
      name: "gRPC-Web", changes: ["content-type": "application/grpc-web"], httpStatus: "415"),
    Refusal(
      name: "a longer word", changes: ["content-type": "application/grpcfoo"], httpStatus: "415"),
    Refusal(
      name: "no content-type", changes: ["content-type": ""], httpStatus: "415"),
    Refusal(
      name: "GET of a browser", changes: [":method": "GET", "content-type": ""],
      httpStatus: "415"),
    Refusal(name: "GET", changes: [":method": "GET"], httpStatus: "405", grpcStatus: "13"),
    Refusal(
      name: "JSON", changes: ["content-type": "application/grpc+json"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "unknown method", changes: [":path": "/suite.v1.Calls/Nothing"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "path in another case", changes: [":path": "/suite.v1.calls/Echo"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "trailing slash", changes: [":path": "/suite.v1.Calls/Echo/"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "double slash", changes: [":path": "//suite.v1.Calls/Echo"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "not built", changes: [":path": "/suite.v1.Calls/Later"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "no time", changes: ["grpc-timeout": "0S"], httpStatus: "200", grpcStatus: "4"),
    Refusal(
      name: "unit in lower case", changes: ["grpc-timeout": "1s"], httpStatus: "400",
      grpcStatus: "13"),
    Refusal(
      name: "nine digits", changes: ["grpc-timeout": "100000000S"], httpStatus: "400",
      grpcStatus: "13"),
    Refusal(
      name: "no base64", changes: ["x-head-bin": "!"], httpStatus: "400", grpcStatus: "13"),
    Refusal(
      name: "unknown encoding", changes: ["grpc-encoding": "foo"], httpStatus: "200",
      grpcStatus: "12"),
    Refusal(
      name: "too much metadata", changes: longMetadata, httpStatus: "200", grpcStatus: "8"),
  ]

  @Test(
    "what cannot be served is refused in one answer, and the next call is served",
    arguments: refusals)
  func refusal(_ refusal: Refusal) async throws {
    try await withClient { client in
      let answer = try client.call(fields(refusal.changes), body: message([1]))
      #expect(answer.headers[":status"] == refusal.httpStatus)
      #expect(answer.status == refusal.grpcStatus)
      if refusal.grpcStatus == nil {
        #expect(!answer.body.isEmpty && answer.body.count < 200)
      } else {
        #expect(answer.isTrailersOnly)
      }
      try expectEcho(client)
    }
  }

  @Test("a path without its slash reaches no handler")
  func pathWithoutSlash() async throws {
    try await withClient { client in
      // The HTTP/2 layer already calls this malformed; whoever answers, no handler may.
      let answer = try client.call(fields([":path": "suite.v1.Calls/Echo"]), body: message([1]))
      #expect(answer.status == "12" || answer.resetCode == 1)
      try expectEcho(client)
    }
  }

  struct Body: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]?
    var status: String
    var testDescription: String { name }
  }

  static let bodies = [
    Body(name: "two messages", bytes: [0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 1, 8], status: "12"),
    Body(name: "no message", bytes: [], status: "12"),
    Body(name: "no DATA at all", bytes: nil, status: "12"),
    Body(name: "an empty message", bytes: [0, 0, 0, 0, 0], status: "0"),
    Body(name: "half a prefix", bytes: [0, 0, 0], status: "13"),
    Body(name: "half a message", bytes: [0, 0, 0, 0, 4, 1, 2], status: "13"),
    Body(name: "an undefined flag", bytes: [2, 0, 0, 0, 1, 7], status: "13"),
    Body(name: "compressed by nothing", bytes: [1, 0, 0, 0, 1, 7], status: "13"),
    Body(name: "a length of 4 GiB", bytes: [0, 0xFF, 0xFF, 0xFF, 0xFF, 1], status: "8"),
  ]

  @Test("bodies of a unary call", arguments: bodies)
  func body(_ body: Body) async throws {
    try await withClient { client in
      let answer = try client.call(fields(), body: body.bytes)
      #expect(answer.status == body.status)
      try expectEcho(client)
    }
  }

  @Test(
    "an oversized length is refused at once, before the end of the request, and closes the stream")
  func refusedEarly() async throws {
    try await withClient { client in
      let id = try client.open { id in
        RawFrames.headers(id, fields()) + RawFrames.data(id, [0, 0x7F, 0xFF, 0xFF, 0xFF])
      }
      let answer = try client.answer(to: id)
      #expect(answer.status == "8")
      try expectEcho(client)
    }
  }

  @Test("a message in DATA frames of one byte is one message")
  func singleBytes() async throws {
    try await withClient { client in
      let bytes = message(Array(1...50))
      let id = try client.open { id in
        RawFrames.headers(id, fields()) + bytes.flatMap { RawFrames.data(id, [$0]) }
          + RawFrames.data(id, [], endsStream: true)
      }
      #expect(try client.answer(to: id).body == bytes)
    }
  }

  @Test("an end by HEADERS is an end")
  func endByHeaders() async throws {
    try await withClient { client in
      let bytes = message([5])
      let id = try client.open { id in
        RawFrames.headers(id, fields()) + RawFrames.data(id, bytes)
          + RawFrames.headers(id, [("x-trailer", "1")], endsStream: true)
      }
      let answer = try client.answer(to: id)
      #expect(answer.status == "0")
      #expect(answer.body == bytes)
    }
  }

  @Test("padding is not part of a message, and its credit comes back")
  func padding() async throws {
    try await withClient { client in
      let payload = [UInt8](repeating: 9, count: 5)
      // 255 bytes of padding for each 5 of payload: 15 MB of credit over 60 calls of 1000 frames.
      for _ in 0..<60 {
        let bytes = message([UInt8](repeating: 9, count: 4995))
        let id = try client.open { id in
          var frames = RawFrames.headers(id, fields())
          frames += RawFrames.data(id, Array(bytes[..<5]))
          for start in stride(from: 5, to: bytes.count, by: 5) {
            let padded = [255] + payload + [UInt8](repeating: 0, count: 255)
            frames += RawFrames.frame(
              0, flags: 8 | (start + 5 >= bytes.count ? 1 : 0), id: id, padded)
          }
          return frames
        }
        let answer = try client.answer(to: id)
        #expect(answer.status == "0", "\(answer) \(client.goAways)")
        #expect(answer.body == bytes)
      }
    }
  }

  @Test("metadata comes back, in the head and in the trailers, text and bytes")
  func metadata() async throws {
    try await withClient { client in
      let answer = try client.call(
        fields([
          "x-head": " a, b ", "x-head-bin": "AQI=", "x-tail": "c", "x-tail-bin": "q6ur,AA",
        ]), body: message([1]))
      #expect(answer.headers["x-head"] == "a, b")
      #expect(answer.headers["x-head-bin"] == "AQI")
      #expect(answer.trailers["x-tail"] == "c")
      #expect(answer.trailers["x-tail-bin"] == "q6ur,AA")
      #expect(answer.headers["content-type"] == "application/grpc")
    }
  }

  @Test("an error is one header list with code, text and details")
  func trailersOnly() async throws {
    try await withClient { client in
      let answer = try client.call(
        fields([":path": "/suite.v1.Calls/Fail"]), body: message([9] + Array("é%".utf8)))
      #expect(answer.isTrailersOnly)
      #expect(answer.status == "9")
      #expect(answer.message == "%C3%A9%25")
      #expect(answer.headers["grpc-status-details-bin"] == "AAH/")
      #expect(answer.headers["x-error"] == "2")
    }
  }

  @Test("a deadline that passes in the handler is answered DEADLINE_EXCEEDED, no bare reset")
  func deadline() async throws {
    try await withClient { client in
      let answer = try client.call(
        fields([":path": "/suite.v1.Calls/Sleep", "grpc-timeout": "1m"]), body: message([]))
      #expect(answer.status == "4")
      try expectEcho(client)
    }
  }

  @Test("a stop is told in two steps, lets running calls finish, and closes")
  func drain() async throws {
    try await ServerUnderTest.with(router) { address, server in
      let client = try RawClient(port: port(of: address))
      let id = try client.open { id in RawFrames.headers(id, fields()) }
      try client.socket.send(RawFrames.frame(6, [1, 2, 3, 4, 5, 6, 7, 8]))
      server.shutdownGracefully()
      try client.read { !client.goAways.isEmpty }
      #expect(client.goAways.first?.lastStreamID == Int32.max)
      #expect(client.goAways.first?.code == 0)
      try client.socket.send(RawFrames.data(id, message([3]), endsStream: true))
      let answer = try client.answer(to: id)
      #expect(answer.body == message([3]))
      #expect(answer.status == "0")
      try client.read { false }
      #expect(client.isClosed)
      #expect(client.goAways.last?.lastStreamID == id)
    }
  }

  @Test("messages larger than the windows are not stuck, either way")
  func largeMessages() async throws {
    try await ServerUnderTest.with(router) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      let request = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      for _ in 0..<4 {
        let answer = try await channel.unary(
          MethodDescriptor(service: "suite.v1.Calls", method: "Echo", kind: .unary),
          request: request, metadata: [:], options: CallOptions())
        #expect(answer.message == request)
      }
      await channel.close()
    }
  }

  private struct WrongEndpoint: Error {}

  private var router: Router { CallWorld().router }

  private func withClient(_ body: @Sendable (RawClient) async throws -> Void) async throws {
    try await ServerUnderTest.with(router) { address, _ in
      try await body(try RawClient(port: port(of: address)))
    }
  }

  private func port(of address: Endpoint) throws -> Int {
    guard case .tcp(_, let port) = address else { throw WrongEndpoint() }
    return port
  }

  private func expectEcho(_ client: RawClient) throws {
    let answer = try client.call(fields(), body: message([42]))
    #expect(answer.headers[":status"] == "200")
    #expect(answer.body == message([42]))
    #expect(answer.trailers["grpc-status"] == "0")
  }

  /// The head of a call to Echo, with changes; an empty value takes a field out.
  private func fields(_ changes: [String: String] = [:]) -> [(String, String)] {
    var fields = RawFrames.request.map { name, value in
      (name, name == ":path" ? "/suite.v1.Calls/Echo" : value)
    }
    for (name, value) in changes {
      if let index = fields.firstIndex(where: { $0.0 == name }) {
        if value.isEmpty { fields.remove(at: index) } else { fields[index].1 = value }
      } else {
        fields.append((name, value))
      }
    }
    return fields
  }

  private func message(_ bytes: [UInt8]) -> [UInt8] {
    [0] + RawFrames.bigEndian(UInt32(bytes.count)) + bytes
  }
}
