public import RPCCore

/// What the head of a request says.
public struct OutgoingRequest: Sendable, Hashable {
  /// The method to call.
  public var method: MethodDescriptor
  /// "http" or "https".
  public var scheme: String
  /// The host and port called; "localhost" over a unix socket (Q7).
  public var authority: String
  /// The time left, above zero; nil for ever.
  public var timeout: Duration?
  /// Which software is calling.
  public var userAgent: String
  /// What the application sends along.
  public var metadata: Metadata
  /// How requests are compressed that say that they are.
  public var encoding: MessageEncoding
  /// Attempts of the same call before this one (gRFC A6).
  public var previousAttemptCount: Int

  /// Every part is given: none has a value that suits everybody.
  public init(
    method: MethodDescriptor, scheme: String, authority: String, timeout: Duration?,
    userAgent: String, metadata: Metadata, encoding: MessageEncoding = .identity,
    previousAttemptCount: Int = 0
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.timeout = timeout
    self.userAgent = userAgent
    self.metadata = metadata
    self.encoding = encoding
    self.previousAttemptCount = previousAttemptCount
  }
}

/// The header list a client sends (Q4), in two parts. Their order: pseudo-headers, timeout, the rest of what is
/// common to many, the rest of what is the call's own (Q9).
public enum RequestFields {
  private static let acceptEncoding = EncodingSet.all.fieldValue

  /// What all calls of a method on a channel say: pseudo-headers, call definition.
  public static func common<Sink: FieldSink>(_ request: OutgoingRequest, to sink: inout Sink) {
    sink.append(":method", "POST")
    sink.append(":scheme", request.scheme)
    sink.append(":path", request.method.path)
    sink.append(":authority", request.authority)
    sink.append("te", "trailers")
    sink.append("content-type", "application/grpc")
    sink.append("grpc-accept-encoding", acceptEncoding)
    sink.append("user-agent", request.userAgent)
  }

  /// What one call says: the timeout, if it has one, then encoding, attempts, metadata.
  public static func own<Sink: FieldSink>(_ request: OutgoingRequest, to sink: inout Sink) {
    if let timeout = request.timeout { sink.append("grpc-timeout", Timeout.encode(timeout)) }
    if request.encoding != .identity { sink.append("grpc-encoding", "\(request.encoding.name)") }
    if request.previousAttemptCount > 0 {
      sink.append("grpc-previous-rpc-attempts", "\(request.previousAttemptCount)")
    }
    MetadataFields.send(request.metadata, to: &sink)
  }
}
