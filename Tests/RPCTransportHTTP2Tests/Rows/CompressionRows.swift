import RPCCore
import RPCTransportHTTP2
import RPCWire
import RawHTTP2
import Testing

@Suite("rows of compression: Q19–Q22", .timeLimit(.minutes(2)))
struct CompressionRows {
  static let methods = WireWorld.echoes.map(\.name)
  static let encodings = ["gzip", "deflate"]
  private static let text = [UInt8](repeating: 0x61, count: 2000)

  private static func known(_ name: String) -> MessageEncoding { name == "gzip" ? .gzip : .deflate }

  private static func packed(_ bytes: [UInt8], _ name: String) -> [UInt8] {
    CompressionScratch().compress(bytes.span, as: known(name))
  }

  private static func unpacked(_ bytes: [UInt8], _ name: String?) throws -> [UInt8] {
    try CompressionScratch().decompress(
      bytes.span, from: known(try #require(name)), byteCountMax: 1 << 20)
  }

  // MARK: Q19

  @Test(
    "Q19: the limit holds for what comes out, to the byte", arguments: methods, encodings)
  func limit(_ method: String, _ encoding: String) async throws {
    try await Wire.withClient(
      configure: Wire.setting { $0.limits.calls.messageByteCountMax = 3000 }
    ) { client in
      func status(_ count: Int) throws -> String? {
        let bytes = Self.packed([UInt8](repeating: 7, count: count), encoding)
        return try client.call(
          Wire.fields(method, [("grpc-encoding", encoding)]), body: Wire.message(bytes, flag: 1)
        ).status
      }
      // The last but one has five hundred times the limit in a message that is below it.
      let statuses = try [3000, 3001, 1_500_000, 3000].map { try status($0) }
      #expect(statuses == ["0", "8", "8", "0"])
    }
  }

  @Test("Q19: compressed bytes that are broken are INTERNAL", arguments: methods, encodings)
  func broken(_ method: String, _ encoding: String) async throws {
    try await Wire.withClient { client in
      let good = Self.packed(Self.text, encoding)
      for bytes in [[], [1, 2, 3], Array(good.dropLast()), good + [0]] as [[UInt8]] {
        let answer = try client.call(
          Wire.fields(method, [("grpc-encoding", encoding)]), body: Wire.message(bytes, flag: 1))
        #expect(answer.status == "13")
      }
    }
  }

  // MARK: Q20, Q21

  @Test(
    "Q20: an unknown encoding is UNIMPLEMENTED, with those that would do", arguments: methods,
    ["foo", "br", "GZIP", "gzip,deflate", ""])
  func unknown(_ method: String, _ encoding: String) async throws {
    let world = WireWorld()
    let answer = try await Wire.withClient(world.router) { client in
      try client.call(Wire.fields(method, [("grpc-encoding", encoding)]), body: Wire.message([1]))
    }
    #expect(answer.status == "12" && answer.isTrailersOnly)
    #expect(answer.headers["grpc-accept-encoding"] == "identity,gzip,deflate")
    #expect(world.lastSeen.startedCount == 0)
  }

  @Test(
    "Q21: a compressed flag without an encoding is INTERNAL", arguments: methods, [nil, "identity"])
  func flagWithoutEncoding(_ method: String, _ encoding: String?) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(
        Wire.fields(method, [("grpc-encoding", encoding)]), body: Wire.message([1], flag: 1))
    }
    #expect(answer.status == "13")
  }

  @Test(
    "Q21: under an encoding each message says whether it is compressed", arguments: methods,
    encodings)
  func perMessage(_ method: String, _ encoding: String) async throws {
    let plain = Wire.message(Self.text)
    let packed = Wire.message(Self.packed(Self.text, encoding), flag: 1)
    try await Wire.withClient { client in
      let fields = Wire.fields(method, [("grpc-encoding", encoding)])
      for body in [plain, packed] {
        #expect(try client.call(fields, body: body).status == "0")
      }
      guard method == "Gather" || method == "Mirror" else { return }
      let mixed = try client.call(fields, body: packed + plain + packed + Wire.message([]) + plain)
      #expect(mixed.status == "0")
      let bytes = Wire.messages(in: mixed.body)?.flatMap(\.bytes)
      #expect(bytes == Self.text + Self.text + Self.text + Self.text)
    }
  }

  // MARK: Q22

  struct Negotiation: Sendable, CustomTestStringConvertible {
    var accepted: String?
    var encoding: String?
    var expected: String?
    var testDescription: String { "accepts \(accepted ?? "-"), sends \(encoding ?? "-")" }
  }

  static let negotiations = [
    Negotiation(accepted: nil, encoding: nil, expected: nil),
    Negotiation(accepted: "identity", encoding: nil, expected: nil),
    Negotiation(accepted: "gzip", encoding: nil, expected: "gzip"),
    Negotiation(accepted: "deflate", encoding: nil, expected: "deflate"),
    Negotiation(accepted: "identity, deflate , br", encoding: nil, expected: "deflate"),
    Negotiation(accepted: "deflate,gzip", encoding: nil, expected: "gzip"),
    Negotiation(accepted: "br,zstd", encoding: nil, expected: nil),
    // Who compresses can decompress, though it did not say so.
    Negotiation(accepted: nil, encoding: "gzip", expected: "gzip"),
    Negotiation(accepted: nil, encoding: "deflate", expected: "deflate"),
    Negotiation(accepted: "identity", encoding: "deflate", expected: "deflate"),
  ]

  @Test(
    "Q22: responses are compressed as the client accepts it, which includes what it sends itself",
    arguments: methods, negotiations)
  func negotiated(_ method: String, _ row: Negotiation) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(
        Wire.fields(
          method,
          [
            ("grpc-accept-encoding", row.accepted), ("grpc-encoding", row.encoding),
            ("x-zip", "yes"),
          ]), body: Wire.message(Self.text))
    }
    #expect(answer.status == "0")
    #expect(answer.headers["grpc-encoding"] == row.expected)
    #expect(answer.headers["grpc-accept-encoding"] == "identity,gzip,deflate")
    for message in try #require(Wire.messages(in: answer.body)) {
      #expect(message.flag == (row.expected == nil ? 0 : 1))
      let bytes = message.flag == 0 ? message.bytes : try Self.unpacked(message.bytes, row.expected)
      #expect(bytes == Self.text)
    }
  }

  @Test(
    "Q22: nothing is compressed that was not asked for, and a call may refuse what is",
    arguments: methods)
  func wishes(_ method: String) async throws {
    func encoding(isDefault: Bool, _ wish: String?) async throws -> String? {
      try await Wire.withClient(configure: Wire.setting { $0.compressesResponses = isDefault }) {
        client in
        try client.call(
          Wire.fields(method, [("grpc-accept-encoding", "gzip"), ("x-zip", wish)]),
          body: Wire.message(Self.text)
        ).headers["grpc-encoding"]
      }
    }
    #expect(try await encoding(isDefault: false, nil) == nil)
    #expect(try await encoding(isDefault: false, "yes") == "gzip")
    #expect(try await encoding(isDefault: true, nil) == "gzip")
    #expect(try await encoding(isDefault: true, "no") == nil)
  }

  @Test(
    "Q22: equal messages are equal bytes, and what does not shrink goes out as it is",
    arguments: encodings)
  func afresh(_ encoding: String) async throws {
    try await Wire.withClient { client in
      let fields = Wire.fields("Mirror", [("grpc-accept-encoding", encoding), ("x-zip", "yes")])
      let body = Wire.message(Self.text) + Wire.message([1, 2, 3]) + Wire.message(Self.text)
      let answer = try client.call(fields, body: body)
      let messages = try #require(Wire.messages(in: answer.body))
      #expect(messages.map(\.flag) == [1, 0, 1])
      #expect(messages[0].bytes == messages[2].bytes)
      #expect(messages[1].bytes == [1, 2, 3])
      #expect(try client.call(fields, body: body).body == answer.body)
    }
  }
}
