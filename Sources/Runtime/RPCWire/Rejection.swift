public import RPCCore

/// The answer to a request that never reaches a handler.
public struct Rejection: Sendable, Hashable {
  /// The `:status` of the answer. 200 for a gRPC error proper; another where the request is no
  /// gRPC request, so that no other kind of client takes an error for success.
  public var httpStatus: Int
  /// What went wrong. Sent as grpc-status unless there is a body.
  public var status: Status
  /// A text for a peer that does not speak gRPC; when not empty it is the whole answer (Q2).
  public var body: [UInt8]
  /// Whether to say which encodings are understood (Q20).
  var listsEncodings: Bool

  init(
    httpStatus: Int = 200, _ code: StatusCode, _ message: String, body: [UInt8] = [],
    listsEncodings: Bool = false
  ) {
    self.httpStatus = httpStatus
    self.status = Status(code, message)
    self.body = body
    self.listsEncodings = listsEncodings
  }

  /// The header list is over a limit (D4).
  static let oversized = Rejection(
    .resourceExhausted, "the request's metadata is larger than the server accepts")

  /// The method is not POST (Q1).
  static let notPost = Rejection(httpStatus: 405, .internal, "gRPC requests are POST")

  /// The content-type is not gRPC's (Q2). The text is dropped for HEAD, whose answers have none.
  static func notGRPC(isHead: Bool) -> Rejection {
    let text = "415 Unsupported Media Type: this server speaks gRPC, application/grpc\n"
    return Rejection(
      httpStatus: 415, .unknown, "unsupported media type", body: isHead ? [] : Array(text.utf8))
  }

  /// Part of the request cannot be read (Q6, Q7, Q10, Q13).
  static func malformed(_ what: String) -> Rejection {
    Rejection(httpStatus: 400, .internal, what)
  }

  /// No handler has this path (Q5, Q26).
  static func unknownMethod(path: [UInt8]) -> Rejection {
    let quoted = String(decoding: path.prefix(Limits.quotedByteCountMax), as: UTF8.self)
    return Rejection(.unimplemented, "there is no method \(quoted)")
  }

  /// The method is declared, but not built (Q26).
  static func notBuilt(_ method: MethodDescriptor) -> Rejection {
    Rejection(.unimplemented, "the method \(method.fullName) is not implemented")
  }

  /// Messages in a form that is not protobuf (D6).
  static let unknownSubtype = Rejection(
    .unimplemented, "only application/grpc and application/grpc+proto are understood")

  /// Messages under a compression that is not known (Q20).
  static let unknownEncoding = Rejection(
    .unimplemented, "the grpc-encoding is not supported", listsEncodings: true)

  /// Nobody waits any more, on arrival (D7).
  static let expired = Rejection(.deadlineExceeded, "the deadline had passed on arrival")
}
