/// Makes typed calls over a transport. Generated clients are thin covers of this.
public struct RPCClient: Sendable {
  private let transport: any ClientTransport
  private let metadata: Metadata

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
  public func unary<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions(), as response: Response.Type = Response.self
  ) async throws(RPCError) -> ClientResponse<Response> {
    var bytes: [UInt8] = []
    do {
      try request.serialize(into: &bytes)
    } catch {
      throw RPCError(.internal, "the request cannot be encoded")
    }
    let raw = try await transport.unary(
      method, request: bytes, metadata: sent(with: metadata), options: options)
    let message: Response
    do {
      // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
      message = unsafe try Response(serializedBytes: raw.message.span.bytes)
    } catch {
      throw RPCError(
        .internal, "the response is not a valid message", metadata: raw.trailingMetadata)
    }
    return ClientResponse(
      message: message, metadata: raw.metadata, trailingMetadata: raw.trailingMetadata)
  }

  private func sent(with own: Metadata) -> Metadata {
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

  /// Every part is as it came.
  public init(message: Message, metadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    self.message = message
    self.metadata = metadata
    self.trailingMetadata = trailingMetadata
  }
}
