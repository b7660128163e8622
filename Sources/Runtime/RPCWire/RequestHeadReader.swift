public import RPCCore

/// The head of a request that a handler is to answer.
public struct RequestHead: Sendable {
  /// The method and its code.
  public var handler: MethodHandler
  /// How long the caller waits from now on; nil for ever. Above zero.
  public var timeout: Duration?
  /// What the caller sent along.
  public var metadata: Metadata
}

/// What to do with a request whose head is complete.
public enum OnRequestHead: Sendable {
  /// Hand its message to the handler.
  case call(RequestHead)
  /// Answer at once.
  case reject(Rejection)
}

/// Reads the header lists of requests, one after the other, and finds what is asked for (Q1…Q16, Q20).
///
/// One per connection: header lists never interleave there. Nothing is refused before the list is
/// complete, because the decoder of header compression must see all of it anyway, and the most telling
/// reason should win: a web browser is told that this is gRPC, not that its path is unknown.
public struct RequestHeadReader: ~Copyable {
  private let router: Router
  private let limits: Limits

  private var facts = Facts()
  private var path: [UInt8] = []
  private var metadata = Metadata()

  // Callers send the same metadata with call after call. Handing out the last copy again where it
  // is equal spares the allocations.
  private var lastMetadata = Metadata()

  /// What the list has said so far, apart from path and metadata.
  private struct Facts {
    var listByteCount = 0
    var fieldCount = 0
    var method = Method.missing
    var contentType: ContentType?
    var timeout: Duration?
    var isSchemeKnown = true
    var authorityCount = 0
    var hostCount = 0
    var isEncodingKnown = true
    var malformed: String?
  }

  private enum Method {
    case missing
    case post
    case head
    case other
  }

  /// A reader for one connection of a server that offers what `router` has.
  public init(router: Router, limits: Limits = Limits()) {
    self.router = router
    self.limits = limits
  }

  /// Takes the next field of the list. Never fails; the first fault is remembered until the end.
  public mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
    facts.listByteCount += name.count + value.count + 32
    facts.fieldCount += 1
    if isOverLimit { return }
    guard let known = FieldName(name) else {
      if MetadataFields.receive(name: name, value: value, into: &metadata) == .malformed {
        note("a -bin field is not base64")
      }
      return
    }
    switch known {
    case .method:
      facts.method = value.equals("POST") ? .post : value.equals("HEAD") ? .head : .other
    case .scheme:
      facts.isSchemeKnown = value.equals("http") || value.equals("https")
    case .path:
      path.append(contentsOf: value)
    case .authority:
      facts.authorityCount += 1
    case .host:
      facts.hostCount += 1
    case .contentType:
      contentType(ContentType(value))
    case .timeout:
      timeout(value)
    case .encoding:
      if !value.equals("identity") { facts.isEncodingKnown = false }
    case .te, .contentLength, .acceptEncoding, .status, .grpcStatus, .grpcMessage, .grpcDetails:
      // The first three change nothing here; the others mean nothing in a request.
      break
    }
  }

  /// The list is complete. The reader is then ready for the next.
  ///
  /// - Parameter isOversized: whether the transport had to leave out fields
  public mutating func finish(isOversized: Bool = false) -> OnRequestHead {
    let outcome = judge(isOversized: isOversized || isOverLimit)
    facts = Facts()
    path.removeAll(keepingCapacity: true)
    metadata.removeAllKeepingCapacity()
    return outcome
  }

  private var isOverLimit: Bool {
    facts.listByteCount > limits.headerListByteCountMax
      || facts.fieldCount > limits.headerFieldCountMax
  }

  private mutating func judge(isOversized: Bool) -> OnRequestHead {
    if isOversized { return .reject(.oversized) }
    guard let contentType = facts.contentType, contentType != .foreign else {
      return .reject(.notGRPC(isHead: facts.method == .head))
    }
    if facts.method != .post { return .reject(.notPost) }
    if !facts.isSchemeKnown { note("the :scheme is neither http nor https") }
    if facts.authorityCount > 1 || facts.hostCount > 1 { note("the authority is given twice") }
    if let malformed = facts.malformed { return .reject(.malformed(malformed)) }
    guard let handler = router.handler(forPath: path.span) else {
      return .reject(.unknownMethod(path: path))
    }
    if case .unimplemented = handler.invocation { return .reject(.notBuilt(handler.descriptor)) }
    if contentType == .unknownSubtype { return .reject(.unknownSubtype) }
    if !facts.isEncodingKnown { return .reject(.unknownEncoding) }
    if facts.timeout == .zero { return .reject(.expired) }
    if metadata != lastMetadata { lastMetadata = metadata.detached() }
    return .call(RequestHead(handler: handler, timeout: facts.timeout, metadata: lastMetadata))
  }

  /// Given twice, both must be gRPC's: whoever reads only one of them must not see another request.
  private mutating func contentType(_ contentType: ContentType) {
    switch facts.contentType {
    case nil, .proto: facts.contentType = contentType
    case .unknownSubtype where contentType == .foreign: facts.contentType = .foreign
    case .unknownSubtype, .foreign: break
    }
  }

  private mutating func timeout(_ value: Span<UInt8>) {
    guard facts.timeout == nil, let timeout = Timeout.decode(value) else {
      note("the grpc-timeout cannot be read")
      return
    }
    facts.timeout = timeout
  }

  private mutating func note(_ fault: String) {
    if facts.malformed == nil { facts.malformed = fault }
  }
}
