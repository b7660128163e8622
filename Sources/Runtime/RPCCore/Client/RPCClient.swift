/// Makes typed calls over a transport. Generated clients are thin covers of this.
public struct RPCClient: Sendable {
  @usableFromInline let transport: any ClientTransport
  @usableFromInline let metadata: Metadata

  /// A client on `transport`.
  ///
  /// - Parameters:
  ///   - transport: carries the calls; the client neither opens nor closes it
  ///   - metadata: sent with every call, before the call's own
  public init(transport: any ClientTransport, metadata: Metadata = [:]) {
    self.transport = transport
    self.metadata = metadata
  }

  /// Makes one unary call.
  ///
  /// - Throws: the server's status when it is not OK, what the transport throws, and INTERNAL when
  ///   the request cannot be encoded or the response is not a `Response`.
  @inlinable
  public func unary<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions(), as response: Response.Type = Response.self
  ) async throws(RPCError) -> ClientResponse<Response> {
    let raw = try await transport.unary(
      method, request: request.encodedRequest(), metadata: sent(with: metadata), options: options)
    return ClientResponse(
      message: try Response(response: raw.message, trailingMetadata: raw.trailingMetadata),
      metadata: raw.metadata, trailingMetadata: raw.trailingMetadata,
      wasCompressed: raw.wasCompressed)
  }

  @usableFromInline
  func sent(with own: Metadata) -> Metadata {
    if metadata.isEmpty { return own }
    var all = metadata
    all.append(contentsOf: own)
    return all
  }
}

/// The answer to a unary call.
public struct ClientResponse<Message: RPCMessage>: Sendable {
  /// The response.
  public var message: Message
  /// The server's response headers.
  public var metadata: Metadata
  /// The server's trailers.
  public var trailingMetadata: Metadata
  /// Whether the response came compressed.
  public var wasCompressed: Bool

  /// Every part is as it came.
  @inlinable
  public init(
    message: Message, metadata: Metadata = [:], trailingMetadata: Metadata = [:],
    wasCompressed: Bool = false
  ) {
    self.message = message
    self.metadata = metadata
    self.trailingMetadata = trailingMetadata
    self.wasCompressed = wasCompressed
  }
}
