internal import RPCCore

/// A response that no gRPC server wrote: a proxy's error page, another service (R7, R9).
struct ForeignResponse: Hashable {
  private let httpStatus: Int
  private let contentTypeText: String
  private let code: StatusCode
  private var excerpt: [UInt8] = []

  /// Judges the response by its head.
  init(head: ResponseBlock) {
    self.httpStatus = head.httpStatus ?? 0
    self.contentTypeText = head.contentTypeText
    self.code = HTTPStatus.statusCode(for: httpStatus)
  }

  /// Keeps a piece of the body; answers whether there is enough of it.
  mutating func keep(_ chunk: Span<UInt8>) -> Bool {
    let room = Limits.bodyExcerptByteCountMax - excerpt.count
    excerpt.append(contentsOf: chunk.extracting(first: room))
    return excerpt.count == Limits.bodyExcerptByteCountMax
  }

  /// What the caller is told.
  var error: RPCError {
    var message = "the answer is not gRPC's: HTTP \(httpStatus)"
    if !contentTypeText.isEmpty { message += ", \(contentTypeText)" }
    if !excerpt.isEmpty { message += ": \(String(decoding: excerpt, as: UTF8.self))" }
    return RPCError(code, message)
  }
}
