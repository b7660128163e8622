import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of metadata: Q13–Q16, D4", .timeLimit(.minutes(2)))
struct MetadataRows {
  static let binaries: [(String, [[UInt8]])] = [
    ("", [[]]), ("AQI", [[1, 2]]), ("AQI=", [[1, 2]]), ("AQ", [[1]]), ("AQ==", [[1]]),
    ("q6ur", [[0xAB, 0xAB, 0xAB]]), ("AQ,AgM=,", [[1], [2, 3], []]), ("AQ==, Ag", [[1], [2]]),
    ("+/+/", [[0xFB, 0xFF, 0xBF]]),
  ]

  @Test("Q13: bytes come padded or not, several in one field", arguments: binaries)
  func binary(_ text: String, _ values: [[UInt8]]) async throws {
    for (_, method) in WireWorld.echoes {
      let world = WireWorld()
      let answer = try await Wire.withClient(world.router) { client in
        try client.call(Wire.fields(method, [("x-head-bin", text)]), body: Wire.message([1]))
      }
      #expect(answer.status == "0")
      #expect(world.lastSeen.metadata["x-head-bin"] == values.map { "\($0)" })
      // They go out without padding, each in a field of its own.
      #expect(answer.headers["x-head-bin"]?.contains("=") == false)
      #expect(
        answer.headers["x-head-bin"]?.split(separator: ",", omittingEmptySubsequences: false).count
          == values.count)
    }
  }

  @Test(
    "Q13: what is not base64 is HTTP 400 and INTERNAL",
    arguments: ["!", "A", "AQ=", "A=Q", "AQ==Ag", "AQ,!", "é"])
  func notBase64(_ text: String) async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      for (_, method) in WireWorld.echoes {
        let answer = try client.call(
          Wire.fields(method, [("x-head-bin", text)]), body: Wire.message([1]))
        #expect(answer.headers[":status"] == "400" && answer.status == "13")
      }
    }
    #expect(world.lastSeen.startedCount == 0)
  }

  private static let printable = String(decoding: (0x21...0x7E).map { UInt8($0) }, as: UTF8.self)

  static let texts: [(String, String, String?)] = [
    ("x-head", "a", "a"), ("x-head", "", ""), ("x-head", "  a b\t", "a b"),
    ("x-head", printable, printable), ("x-head", "a,b , c", "a,b , c"),
    ("x-head.1_2-z", "a", "a"), ("x-head", "é", nil), ("x-head!", "a", nil), ("x-head~", "a", nil),
  ]

  @Test(
    "Q14: names and texts of metadata; other bytes are dropped and fail nothing", arguments: texts)
  func text(_ name: String, _ text: String, _ seen: String?) async throws {
    for (_, method) in WireWorld.echoes {
      let world = WireWorld()
      let answer = try await Wire.withClient(world.router) { client in
        try client.call(Wire.fields(method, [(name, text)]), body: Wire.message([1]))
      }
      #expect(answer.status == "0")
      #expect(world.lastSeen.metadata[name] == seen.map { [$0] })
      #expect(answer.headers[name] == seen)
    }
  }

  @Test("Q14: a field that is given twice stays two, in order")
  func repeated() async throws {
    let world = WireWorld()
    let answer = try await Wire.withClient(world.router) { client in
      try client.call(
        Wire.fields() + [("x-tail", "b"), ("x-tail", "a"), ("x-tail", "b")], body: Wire.message([1])
      )
    }
    #expect(world.lastSeen.metadata["x-tail"] == ["b", "a", "b"])
    #expect(answer.trailers["x-tail"] == "b,a,b")
  }

  @Test("Q15: the protocol's own fields are no metadata, and none can be set")
  func reserved() async throws {
    let world = WireWorld()
    let answer = try await Wire.withClient(world.router) { client in
      try client.call(
        Wire.fields() + [
          ("grpc-timeout", "20S"), ("grpc-encoding", "identity"), ("grpc-accept-encoding", "gzip"),
          ("grpc-something", "x"), ("user-agent", "test"), ("grpc-trace-bin", "AQ"),
          ("grpc-previous-rpc-attempts", "2"), ("x-own", "y"),
        ], body: Wire.message([1]))
    }
    #expect(answer.status == "0")
    #expect(
      Set(world.lastSeen.metadata.keys) == [
        "user-agent", "grpc-trace-bin", "grpc-previous-rpc-attempts", "x-own",
      ])
    let call = ServerCall(
      method: WireWorld.method("Echo", .unary), peer: PeerIdentity(address: ""), startedAt: .now)
    for name in [":status", "te", "content-type", "user-agent", "grpc-status", "grpc-message"] {
      #expect(throws: Metadata.Refusal.self) { try call.trailingMetadata.append(name, "x") }
    }
    for name in ["grpc-retry-pushback-ms", "grpc-previous-rpc-attempts"] {
      #expect(throws: Never.self) { try call.trailingMetadata.append(name, "1") }
    }
  }

  /// How much a header list counts (RFC 9113 § 6.5.2).
  private static func size(_ fields: [(String, String)]) -> Int {
    fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 32 }
  }

  /// Fields up to exactly that size.
  private static func fields(ofSize size: Int) -> [(String, String)] {
    var fields = Wire.fields()
    while size - Self.size(fields) > 400 {
      fields.append(("x-\(fields.count)", String(repeating: "a", count: 240)))
    }
    let rest = size - Self.size(fields) - 32 - 3
    return fields + [("x-z", String(repeating: "z", count: rest))]
  }

  @Test("Q16, D4: a header list of the limit passes, a byte more is RESOURCE_EXHAUSTED")
  func size() async throws {
    try await Wire.withClient { client in
      let limit = CallLimits().headerListByteCountMax
      let fits = Self.fields(ofSize: limit)
      #expect(Self.size(fits) == limit)
      #expect(try client.call(fits, body: Wire.message([1])).status == "0")
      let over = try client.call(Self.fields(ofSize: limit + 1), body: Wire.message([1]))
      #expect(over.status == "8" && over.isTrailersOnly)
      #expect(over.headers[":status"] == "200")
      #expect(try client.call(fits, body: Wire.message([1])).status == "0")
    }
  }

  @Test("Q16, D4: so with the number of fields, and past twice it the stream is reset")
  func count() async throws {
    try await Wire.withClient { client in
      let limit = CallLimits().headerFieldCountMax
      func fields(_ count: Int) -> [(String, String)] {
        Wire.fields() + (6..<count).map { ("x-\($0)", "") }
      }
      #expect(try client.call(fields(limit), body: Wire.message([1])).status == "0")
      let over = try client.call(fields(limit + 1), body: Wire.message([1]))
      #expect(over.status == "8" && over.isTrailersOnly)
      #expect(try client.call(fields(2 * limit), body: Wire.message([1])).status == "8")
      #expect(try client.call(fields(2 * limit + 1), body: Wire.message([1])).resetCode == 2)
      #expect(try client.call(fields(limit), body: Wire.message([1])).status == "0")
    }
  }

  @Test(
    "Q16: a list that is too long still fills the table of header compression",
    arguments: [129, 400])
  func compressionState(_ count: Int) async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      // The last field is a literal that goes into the table (RFC 7541 § 6.2.1).
      let literal: [UInt8] = [0x40, 6] + Array("x-head".utf8) + [4] + Array("kept".utf8)
      let many = Wire.fields() + (6..<count).map { ("x-\($0)", "") }
      let first = try client.open { id in
        RawFrames.headers(id, block: RawFrames.block(many) + literal)
      }
      let refused = try client.answer(to: first)
      #expect(refused.status == "8" || refused.resetCode == 2)
      // The next list names it by its place, the first after the 61 of the static table.
      let second = try client.open { id in
        RawFrames.headers(
          id, block: RawFrames.block(Wire.fields()) + [0x80 | 62], endsStream: false)
          + RawFrames.data(id, Wire.message([1]), endsStream: true)
      }
      let answer = try client.answer(to: second)
      #expect(answer.status == "0")
      #expect(answer.headers["x-head"] == "kept")
    }
  }
}
