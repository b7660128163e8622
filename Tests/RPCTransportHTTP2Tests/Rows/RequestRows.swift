import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// What a request must say of itself before a handler sees it.
@Suite("rows of requests: Q1–Q8", .timeLimit(.minutes(2)))
struct RequestRows {
  /// How a request may end that is none.
  enum Refusal: Sendable, Equatable {
    /// `:status`, and grpc-status where there is one.
    case answer(String, String?)
    /// RST_STREAM; the HTTP/2 layer already refuses it.
    case reset(UInt32)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var name: String
    var changes: [(String, String?)]
    var extra: [(String, String)] = []
    var refusal: Refusal?
    var testDescription: String { "\(rule): \(name)" }

    init(
      _ rule: String, _ name: String, _ changes: [(String, String?)],
      extra: [(String, String)] = [], _ refusal: Refusal?
    ) {
      self.rule = rule
      self.name = name
      self.changes = changes
      self.extra = extra
      self.refusal = refusal
    }
  }

  static let methods: [Row] = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"].map {
    Row("Q1", $0, [(":method", $0)], .answer("405", "13"))
  }

  static let gRPCTypes: [Row] = [
    "application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8",
    "application/grpc+proto;x=y", "Application/gRPC",
  ].map { Row("Q2", $0, [("content-type", $0)], nil) }

  static let foreignTypes: [Row] = [
    nil, "application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text",
    "application/grpcfoo", "application/grp", "application/json", "image/jpeg", "text/html",
  ].map { (type: String?) in
    Row("Q2", type ?? "none", [("content-type", type)], .answer("415", nil))
  }

  static let subtypes: [Row] = ["json", "thrift", "protobuf", ""].map {
    Row("Q3", "+\($0)", [("content-type", "application/grpc+\($0)")], .answer("200", "12"))
  }

  static let paths: [Row] = [
    "/wire.v1.kinds/Echo", "/wire.v1.Kinds/echo", "//wire.v1.Kinds/Echo", "/wire.v1.Kinds/Echo/",
    "/wire.v1.Kinds//Echo", "/wire.v1.Kinds/", "/wire.v1.Kinds", "/", "//", "/wire.v1.Kinds/%45cho",
    "/wire.v1.Kinds%2fEcho", "/wire.v1.Kinds/Echo?x=1",
    "/./wire.v1.Kinds/Echo",
  ].map { Row("Q5", $0, [(":path", $0)], .answer("200", "12")) }

  static let others: [Row] = [
    Row("Q4", "no te", [("te", nil)], nil),
    Row("Q4", "te of more", [("te", "gzip")], .reset(1)),
    Row("Q5", "a path without its slash", [(":path", "wire.v1.Kinds/Echo")], .reset(1)),
    Row("Q5", "a path that ends in a space", [(":path", "/wire.v1.Kinds/Echo ")], .reset(1)),
    Row("Q6", "https in plaintext", [(":scheme", "https")], nil),
    Row("Q6", "ftp", [(":scheme", "ftp")], .answer("400", "13")),
    Row(
      "Q6", "another scheme and a path without its slash",
      [(":scheme", "x"), (":path", "wire.v1.Kinds/Echo")], .answer("400", "13")),
    Row("Q7", "host for :authority", [(":authority", nil), ("host", "localhost")], nil),
    Row("Q7", "host beside :authority", [("host", "elsewhere")], nil),
    Row("Q7", "neither", [(":authority", nil)], .reset(1)),
    Row("Q7", "two hosts", [], extra: [("host", "a"), ("host", "b")], .reset(1)),
  ]

  static let connectionFields: [Row] = [
    ("connection", "keep-alive"), ("keep-alive", "timeout=5"), ("proxy-connection", "x"),
    ("transfer-encoding", "chunked"), ("upgrade", "h2c"),
  ].map { Row("Q8", $0.0, [($0.0, $0.1)], .reset(1)) }

  static let rows: [Row] =
    [methods, gRPCTypes, foreignTypes, subtypes, paths, others, connectionFields].flatMap { $0 }

  @Test(
    "Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, D6: what is no request of gRPC is refused, in every kind of call",
    arguments: rows)
  func refusal(_ row: Row) async throws {
    let world = WireWorld()
    try await Wire.withClient(world.router) { client in
      for (_, method) in WireWorld.echoes {
        let before = world.lastSeen.startedCount
        let fields = Wire.fields(method, row.changes) + row.extra
        let answer = try client.call(fields, body: Wire.message([1]))
        switch row.refusal {
        case .reset(let code):
          #expect(answer.resetCode == code, "\(method)")
        case .answer(let httpStatus, let status):
          #expect(answer.headers[":status"] == httpStatus, "\(method)")
          #expect(answer.status == status, "\(method)")
          // A stranger is told in words, gRPC in trailers alone.
          #expect(answer.isTrailersOnly == (status != nil))
          #expect(answer.body.isEmpty == (status != nil))
        case nil:
          #expect(answer.status == "0", "\(method)")
          #expect(world.lastSeen.startedCount == before + 1)
          #expect(world.lastSeen.metadata["host"] == nil)
        }
        if row.refusal != nil { #expect(world.lastSeen.startedCount == before) }
      }
      #expect(try client.call(Wire.fields(), body: Wire.message([9])).status == "0")
    }
  }

  @Test("Q1: HTTP 405 says which method would do")
  func allow() async throws {
    let answer = try await Wire.withClient {
      try $0.call(Wire.fields("Echo", [(":method", "PUT")]))
    }
    #expect(answer.headers["allow"] == "POST")
  }

  @Test("Q7: two :authority never reach a handler")
  func twoAuthorities() async throws {
    let world = WireWorld()
    let answer = try await Wire.withClient(world.router) { client in
      var fields = Wire.fields()
      fields.insert((":authority", "elsewhere"), at: 4)
      return try client.call(fields, body: Wire.message([1]))
    }
    #expect(answer.resetCode == 1)
    #expect(world.lastSeen.startedCount == 0)
  }
}
