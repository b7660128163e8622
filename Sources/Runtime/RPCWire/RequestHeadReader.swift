public import RPCCore

/// The head of a request that a handler is to answer.
public struct RequestHead: Sendable {
  /// The method and its code.
  public var handler: MethodHandler
  /// Whether a service has the method; else its name is the client's own text.
  public var isRegistered = true
  /// How long the caller waits from now on; nil for ever. Above zero.
  public var timeout: Duration?
  /// How requests are compressed that say that they are.
  public var encoding = MessageEncoding.identity
  /// How responses may be compressed.
  public var acceptedEncodings = EncodingSet.identity
  /// What the caller sent along.
  public var metadata: Metadata
}

/// What to do with a request whose head is complete.
public enum OnRequestHead: Sendable {
  /// Hand its message to the handler.
  case call(RequestHead)
  /// Answer at once. The method is nil when no service has it, or when it was not asked which.
  case reject(Rejection, MethodDescriptor?)
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
    /// Nil for one that is not known (Q20).
    var encoding: MessageEncoding? = .identity
    var acceptedEncodings = EncodingSet.identity
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
      facts.encoding = MessageEncoding(fieldValue: value)
    case .acceptEncoding:
      facts.acceptedEncodings.formUnion(EncodingSet(acceptField: value))
    case .te, .contentLength, .status, .grpcStatus, .grpcMessage, .grpcDetails:
      // The first two change nothing here; the others mean nothing in a request.
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
    if isOversized { return .reject(.oversized, nil) }
    guard let contentType = facts.contentType, contentType != .foreign else {
      return .reject(.notGRPC(isHead: facts.method == .head), nil)
    }
    if facts.method != .post { return .reject(.notPost, nil) }
    if !facts.isSchemeKnown { note("the :scheme is neither http nor https") }
    if facts.authorityCount > 1 || facts.hostCount > 1 { note("the authority is given twice") }
    if let malformed = facts.malformed { return .reject(.malformed(malformed), nil) }
    let registered = router.handler(forPath: path.span)
    guard let handler = registered ?? unknownMethod() else {
      return .reject(.unknownMethod(path: path), nil)
    }
    let method = registered?.descriptor
    if case .unimplemented = handler.invocation {
      return .reject(.notBuilt(handler.descriptor), method)
    }
    // The handler for unknown methods hands messages on as they are, whatever form they have.
    if contentType == .unknownSubtype, method != nil { return .reject(.unknownSubtype, method) }
    guard let encoding = facts.encoding else { return .reject(.unknownEncoding, method) }
    if facts.timeout == .zero { return .reject(.expired, method) }
    if metadata != lastMetadata { lastMetadata = metadata.detached() }
    return .call(
      RequestHead(
        handler: handler, isRegistered: method != nil, timeout: facts.timeout, encoding: encoding,
        // Who compresses can decompress, whether it says so or not (Q22).
        acceptedEncodings: facts.acceptedEncodings.union(EncodingSet(encoding)),
        metadata: lastMetadata))
  }

  /// The router's handler for what it does not have, if it has one and the path is one of a method.
  private func unknownMethod() -> MethodHandler? {
    guard let code = router.unknownMethod else { return nil }
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, !parts[1].isEmpty, !parts[2].isEmpty,
      let service = String(validating: parts[1], as: UTF8.self),
      let method = String(validating: parts[2], as: UTF8.self)
    else { return nil }
    let descriptor = MethodDescriptor(
      service: service, method: method, kind: .bidirectionalStreaming)
    return MethodHandler(descriptor, .streaming(code))
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
