internal import RPCCore
internal import RPCWire

/// The head of a request that is to be handled, shared by all calls of a connection that say the same.
final class AcceptedHead: Sendable {
  enum Code {
    case unary(MethodHandler.Unary)
    case streaming(MethodHandler.Streaming)
  }

  let origin: ServerCall.Origin
  let code: Code
  /// Whether a service has the method; else its name is the client's own text.
  let isRegistered: Bool
  let timeout: Duration?
  /// How requests are compressed that say that they are.
  let requestEncoding: MessageEncoding
  /// How responses may be compressed; identity for a client that accepts nothing we have.
  let responseEncoding: MessageEncoding

  /// Nil when the method has no code, which `RequestHeadReader` has answered already.
  init?(_ head: RequestHead, from peer: PeerIdentity) {
    switch head.handler.invocation {
    case .unary(let code): self.code = .unary(code)
    case .streaming(let code): self.code = .streaming(code)
    case .unimplemented: return nil
    }
    origin = ServerCall.Origin(
      method: head.handler.descriptor, requestMetadata: head.metadata, peer: peer)
    isRegistered = head.isRegistered
    timeout = head.timeout
    requestEncoding = head.encoding
    let wanted: [MessageEncoding] = [.gzip, .deflate]
    responseEncoding = wanted.first { head.acceptedEncodings.contains($0) } ?? .identity
  }

  var method: MethodDescriptor { origin.method }

  /// What observers may call the method by.
  var observedMethod: MethodDescriptor? { isRegistered ? method : nil }
}
