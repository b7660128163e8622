import RPCCore
import RPCTransportHTTP2
import RPCWire
import RawHTTP2
import Testing

/// What the servers of connectrpc's conformance project are expected to answer over gRPC, as a table.
///
/// Source: connectrpc/conformance at 3f01b2e, its files for servers; where it lets pass several codes, the
/// table says which of them is ours.
@Suite("expectations of connectrpc/conformance", .timeLimit(.minutes(2)))
struct ExpectationTable {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var methods: [String] = WireWorld.echoes.map(\.name)
    var changes: [(String, String?)] = []
    var body: [UInt8]? = Wire.message([1])
    var httpStatus = "200"
    var status: String?
    var headers: [String: String] = [:]
    var testDescription: String { name }
  }

  private static let one = ["Echo", "Twice"]
  private static let many = ["Gather", "Mirror"]
  private static let limit = 5000

  private static func ofSize(_ count: Int) -> [UInt8] {
    Wire.message([UInt8](repeating: 1, count: count))
  }

  private static let proto: [(String, String?)] = [("content-type", "application/grpc+proto")]
  private static let twoValues: [(String, String?)] = [("x-head", "one, two")]
  private static let json: [(String, String?)] = [("content-type", "application/grpc+json")]
  private static let path: [(String, String?)] = [(":path", "/wire.v1.Kinds/Unknown")]
  private static let gzip: [(String, String?)] = [("grpc-encoding", "gzip")]
  private static let zipped = CompressionScratch().compress(
    [UInt8](repeating: 1, count: limit + 10).span, as: .gzip)

  static let rows: [Row] = [
    Row(name: "one request", status: "0"),
    Row(name: "no request", methods: one, body: [], status: "12"),
    Row(name: "no request, and no DATA", methods: one, body: nil, status: "12"),
    Row(name: "two requests", methods: one, body: ofSize(1) + ofSize(1), status: "12"),
    Row(name: "no request of a stream", methods: many, body: [], status: "0"),
    Row(name: "two requests of a stream", methods: many, body: ofSize(1) + ofSize(1), status: "0"),
    Row(name: "an unknown method", changes: path, status: "12"),
    Row(
      name: "an unknown encoding", changes: [("grpc-encoding", "foo")], status: "12",
      headers: ["grpc-accept-encoding": "identity,gzip,deflate"]),
    Row(
      name: "another verb", changes: [(":method", "DELETE")], httpStatus: "405", status: "13"),
    Row(name: "another subtype", changes: [("content-type", "application/grpc+foo")], status: "12"),
    Row(name: "JSON", changes: json, status: "12"),
    Row(
      name: "another content-type", changes: [("content-type", "image/jpeg")], httpStatus: "415"),
    Row(
      name: "compressed under identity", changes: [("grpc-encoding", "identity")],
      body: Wire.message([1], flag: 1), status: "13"),
    Row(name: "compressed under nothing", body: Wire.message([1], flag: 1), status: "13"),
    Row(name: "half a prefix", body: [0, 0], status: "13"),
    Row(name: "half a message", body: [0, 0, 0, 0, 9, 1], status: "13"),
    Row(name: "a request of the limit", body: ofSize(limit), status: "0"),
    Row(name: "a request over the limit", body: ofSize(limit + 10), status: "8"),
    Row(
      name: "a later request over the limit", methods: many,
      body: ofSize(10) + ofSize(limit + 10), status: "8"),
    Row(
      name: "a compressed request over the limit", changes: gzip,
      body: Wire.message(zipped, flag: 1), status: "8"),
    Row(
      name: "an empty request, and a field of two values", changes: twoValues, body: ofSize(0),
      status: "0", headers: ["x-head": "one, two", "content-type": "application/grpc"]),
    Row(
      name: "the same with +proto", changes: proto + twoValues, body: ofSize(0), status: "0",
      headers: ["x-head": "one, two"]),
    Row(name: "time enough", changes: [("grpc-timeout", "20000m")], status: "0"),
    Row(
      name: "too little time", methods: ["Sleep", "SleepDown", "SleepUp", "SleepBoth"],
      changes: [("grpc-timeout", "200m")], status: "4"),
    Row(
      name: "an error", changes: [("x-fail", "8"), ("x-text", "full")], status: "8"),
  ]

  @Test("each server answers so", arguments: rows)
  func holds(_ row: Row) async throws {
    try await Wire.withClient(
      configure: Wire.setting { $0.limits.calls.messageByteCountMax = Self.limit }
    ) { client in
      for method in row.methods {
        let answer = try client.call(Wire.fields(method, row.changes), body: row.body)
        #expect(answer.headers[":status"] == row.httpStatus, "\(method)")
        #expect(answer.status == row.status, "\(method)")
        for (name, value) in row.headers { #expect(answer.headers[name] == value, "\(method)") }
        let honest = try client.call(Wire.fields(), body: Wire.message([42]))
        #expect(honest.status == "0")
      }
    }
  }
}
