import RPCCore
import Testing

@testable import RPCWire

@Suite("Heads of requests (Q1…Q16, Q20)")
struct RequestHeadReaderTests {
  private struct Service: RPCService {
    static let serviceName = "pkg.Svc"

    static let method = MethodDescriptor(service: serviceName, method: "Do", kind: .unary)
    static let unbuilt = MethodDescriptor(service: serviceName, method: "Later", kind: .unary)

    func methods() -> [MethodHandler] {
      [MethodHandler(Self.method, .unary { request, _ in request }), .unimplemented(Self.unbuilt)]
    }
  }

  typealias Field = (name: String, value: String)

  private static let plain: [Field] = [
    (":method", "POST"), (":scheme", "http"), (":path", "/pkg.Svc/Do"), (":authority", "host:1"),
    ("te", "trailers"), ("content-type", "application/grpc"),
  ]

  private func reader(_ limits: CallLimits = CallLimits()) -> RequestHeadReader {
    RequestHeadReader(router: Router(services: [Service()]), limits: limits)
  }

  private func feed(_ fields: [Field], to reader: inout RequestHeadReader) {
    for field in fields {
      reader.field(name: Array(field.name.utf8).span, value: Array(field.value.utf8).span)
    }
  }

  private func read(
    _ fields: [Field], limits: CallLimits = CallLimits(), isOversized: Bool = false
  ) -> OnRequestHead {
    var reader = reader(limits)
    feed(fields, to: &reader)
    return reader.finish(isOversized: isOversized)
  }

  /// The plain request with some fields changed, and some added.
  private func request(_ changes: [Field]) -> OnRequestHead {
    var fields = Self.plain
    for change in changes {
      if let index = fields.firstIndex(where: { $0.name == change.name }) {
        fields[index] = change
      } else {
        fields.append(change)
      }
    }
    return read(fields)
  }

  private func head(_ outcome: OnRequestHead) throws -> RequestHead {
    guard case .call(let head) = outcome else {
      Issue.record("refused: \(outcome)")
      throw RPCError(.internal, "refused")
    }
    return head
  }

  private func rejection(_ outcome: OnRequestHead) throws -> Rejection {
    guard case .reject(let rejection, _) = outcome else {
      Issue.record("not refused")
      throw RPCError(.internal, "not refused")
    }
    return rejection
  }

  @Test("a plain request is a call without timeout and metadata")
  func plainRequest() throws {
    let head = try head(read(Self.plain))
    #expect(head.handler.descriptor == Service.method)
    #expect(head.timeout == nil)
    #expect(head.metadata.isEmpty)
  }

  @Test(
    "what does not change a request",
    arguments: [
      ("content-type", "application/grpc+proto"), ("content-type", "application/grpc;a=b"),
      (":scheme", "https"), ("grpc-encoding", "identity"), ("grpc-accept-encoding", "gzip"),
      ("content-length", "5"), ("host", "other"), ("te", "x"), ("grpc-status", "0"),
    ] as [Field])
  func harmless(field: Field) throws {
    #expect(try head(request([field])).metadata.isEmpty)
  }

  @Test("te and authority may be absent (Q4, Q7)")
  func absentFields() throws {
    _ = try head(read(Self.plain.filter { $0.name != "te" && $0.name != ":authority" }))
  }

  @Test(
    "what refuses a request, and how",
    arguments: [
      (":method", "GET", 405, .internal), (":method", "post", 405, .internal),
      (":method", "DELETE", 405, .internal), (":method", "HEAD", 405, .internal),
      ("content-type", "application/grpc-web", 415, .unknown),
      ("content-type", "application/grpcfoo", 415, .unknown),
      ("content-type", "image/jpeg", 415, .unknown), ("content-type", "", 415, .unknown),
      ("content-type", "application/grpc+json", 200, .unimplemented),
      ("content-type", "application/grpc+foo", 200, .unimplemented),
      (":path", "pkg.Svc/Do", 200, .unimplemented), (":path", "", 200, .unimplemented),
      (":path", "/pkg.Svc/", 200, .unimplemented), (":path", "//Do", 200, .unimplemented),
      (":path", "/pkg.Svc/Do/", 200, .unimplemented), (":path", "/pkg.svc/Do", 200, .unimplemented),
      (":path", "/pkg.Svc/Later", 200, .unimplemented),
      (":path", "/none/Do", 200, .unimplemented),
      (":scheme", "ftp", 400, .internal), (":scheme", "", 400, .internal),
      ("grpc-timeout", "", 400, .internal), ("grpc-timeout", "1", 400, .internal),
      ("grpc-timeout", "100000000S", 400, .internal), ("grpc-timeout", "-1S", 400, .internal),
      ("grpc-timeout", "0S", 200, .deadlineExceeded),
      ("grpc-timeout", "0n", 200, .deadlineExceeded),
      ("trace-bin", "?", 400, .internal),
      ("grpc-encoding", "foo", 200, .unimplemented), ("grpc-encoding", "", 200, .unimplemented),
    ] as [(String, String, Int, StatusCode)])
  func refusal(name: String, value: String, httpStatus: Int, code: StatusCode) throws {
    let rejection = try rejection(request([(name, value)]))
    #expect(rejection.httpStatus == httpStatus)
    #expect(rejection.status.code == code)
    #expect(!rejection.status.message.isEmpty)
    #expect(rejection.body.isEmpty == (httpStatus != 415))
  }

  @Test(
    "fields that must not come twice",
    arguments: [
      (":authority", "host:1", 400), (":authority", "host:2", 400), ("grpc-timeout", "1S", 400),
      ("content-type", "image/jpeg", 415), ("content-type", "application/grpc+json", 200),
    ])
  func repeated(name: String, value: String, httpStatus: Int) throws {
    let fields = Self.plain + [("grpc-timeout", "2S"), (name, value)]
    #expect(try rejection(read(fields)).httpStatus == httpStatus)
    let reversed = Self.plain.filter { $0.name != name } + [(name, value)]
    let other = Self.plain.filter { $0.name == name } + [("grpc-timeout", "2S")]
    #expect(try rejection(read(reversed + other)).httpStatus == httpStatus)
  }

  @Test("a repeated host is as wrong as a repeated authority (Q7)")
  func repeatedHost() throws {
    let rejection = try rejection(read(Self.plain + [("host", "a"), ("host", "a")]))
    #expect(rejection.httpStatus == 400)
  }

  @Test("a browser is told that this is gRPC, whatever else is wrong with its request")
  func precedence() throws {
    let browser: [Field] = [
      (":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "host:1"),
      ("accept", "text/html"), ("grpc-timeout", "x"),
    ]
    let rejection = try rejection(read(browser))
    #expect(rejection.httpStatus == 415)
    #expect(!rejection.body.isEmpty)
  }

  @Test("an answer to HEAD has no body")
  func headHasNoBody() throws {
    let rejection = try rejection(request([(":method", "HEAD"), ("content-type", "x/y")]))
    #expect(rejection.httpStatus == 415)
    #expect(rejection.body.isEmpty)
  }

  @Test(
    "a timeout is read",
    arguments: [
      ("1500m", .milliseconds(1500)), ("99999999H", Timeout.longest), ("1n", .nanoseconds(1)),
    ]
      as [(String, Duration)])
  func timeout(text: String, duration: Duration) throws {
    #expect(try head(request([("grpc-timeout", text)])).timeout == duration)
  }

  @Test("metadata is kept in order, the protocol's own fields are not")
  func metadata() throws {
    let added: [Field] = [
      ("x-a", "1"), ("user-agent", "u"), ("grpc-accept-encoding", "gzip"), ("x-a", "2"),
      ("t-bin", "AQ,Ag"), ("grpc-unheard-of", "1"), ("X", "1"),
    ]
    let metadata = try head(read(Self.plain + added)).metadata
    let expected: Metadata = [
      "x-a": "1", "x-a": "2", "t-bin": .binary([1]), "t-bin": .binary([2]),
    ]
    #expect(metadata["user-agent"] == "u")
    var rest = metadata
    rest.removeAll(named: "user-agent")
    #expect(rest == expected)
  }

  @Test("fields of one request do not show in the next")
  func readerIsReusable() throws {
    var reader = reader()
    feed(Self.plain + [("a", "1"), ("grpc-timeout", "1S"), ("b", "2")], to: &reader)
    #expect(try head(reader.finish()).metadata == ["a": "1", "b": "2"])
    feed(Self.plain + [("t-bin", "?")], to: &reader)
    #expect(try rejection(reader.finish()).httpStatus == 400)
    for value in ["1", "1", "2", "1"] {
      feed(Self.plain + [("a", value)], to: &reader)
      let head = try head(reader.finish())
      #expect(head.metadata == ["a": .string(value)])
      #expect(head.timeout == nil)
    }
    feed(Self.plain, to: &reader)
    #expect(try head(reader.finish()).metadata.isEmpty)
    #expect(try rejection(reader.finish()).httpStatus == 415)
  }

  @Test("a list of the limit passes, one byte or field more does not (Q16, D4)")
  func listLimit() throws {
    let plainByteCount = Self.plain.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
    var limits = CallLimits()
    limits.headerListByteCountMax = plainByteCount + 34
    _ = try head(read(Self.plain + [("a", "1")], limits: limits))
    let tooLong = try rejection(read(Self.plain + [("a", "12")], limits: limits))
    #expect(tooLong.status.code == .resourceExhausted)
    #expect(tooLong.httpStatus == 200)

    limits = CallLimits()
    limits.headerFieldCountMax = 7
    _ = try head(read(Self.plain + [("a", "1")], limits: limits))
    let tooMany = try rejection(read(Self.plain + [("a", "1"), ("b", "2")], limits: limits))
    #expect(tooMany.status.code == .resourceExhausted)
  }

  @Test("a list that the transport cut is over the limit, whatever is left of it")
  func cutList() throws {
    #expect(try rejection(read([], isOversized: true)).status.code == .resourceExhausted)
    let cut = try rejection(read(Self.plain, isOversized: true))
    #expect(cut.status.code == .resourceExhausted)
  }

  @Test("an endless list takes no more room than the limit")
  func endlessList() throws {
    var reader = reader()
    let value = [UInt8](repeating: 0x61, count: 1000)
    for _ in 0..<1_000 { reader.field(name: Array("x".utf8).span, value: value.span) }
    #expect(try rejection(reader.finish()).status.code == .resourceExhausted)
  }

  @Test("an unknown path is quoted, but not at any length")
  func quotedPath() throws {
    let path = "/" + String(repeating: "x", count: 10_000)
    let message = try rejection(request([(":path", path)])).status.message
    #expect(message.contains("/xxx"))
    #expect(message.utf8.count < 200)
  }

  @Test("how refusals look on the wire")
  func rejectionFields() throws {
    var list = FieldList()
    ResponseFields.rejection(try rejection(request([("grpc-encoding", "foo")])), to: &list)
    #expect(
      list.fields == [
        ":status: 200", "content-type: application/grpc",
        "grpc-accept-encoding: identity,gzip,deflate",
        "grpc-status: 12", "grpc-message: the grpc-encoding is not supported",
      ])
    list = FieldList()
    ResponseFields.rejection(try rejection(request([(":method", "PUT")])), to: &list)
    #expect(
      list.fields == [
        ":status: 405", "allow: POST", "content-type: application/grpc", "grpc-status: 13",
        "grpc-message: gRPC requests are POST",
      ])
    list = FieldList()
    ResponseFields.rejection(try rejection(request([("content-type", "a/b")])), to: &list)
    #expect(
      list.fields == [
        ":status: 415", "content-type: text/plain; charset=utf-8", "accept-post: application/grpc",
      ])
  }
}
