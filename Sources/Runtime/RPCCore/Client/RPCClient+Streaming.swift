extension RPCClient {
  /// Begins a call with one request and any number of responses; read them with `for try await`.
  ///
  /// A request that cannot be encoded ends the call with INTERNAL.
  public func serverStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions(), as response: Response.Type = Response.self
  ) -> ServerStreamingCall<Response> {
    let stream: any ClientStream
    do {
      let bytes = try request.encodedRequest()
      stream = transport.open(
        method, request: bytes, metadata: sent(with: metadata), options: options)
    } catch {
      stream = ScriptedStream([], failing: error)
    }
    return ServerStreamingCall(OpenCall(stream))
  }

  /// Begins a call with any number of requests and one response.
  public func clientStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = CallOptions(),
    request: Request.Type = Request.self, as response: Response.Type = Response.self
  ) -> ClientStreamingCall<Request, Response> {
    ClientStreamingCall(open(method, metadata, options))
  }

  /// Begins a call with any number of both.
  public func bidirectionalStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = CallOptions(),
    request: Request.Type = Request.self, as response: Response.Type = Response.self
  ) -> BidirectionalStreamingCall<Request, Response> {
    BidirectionalStreamingCall(open(method, metadata, options))
  }

  private func open(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions
  ) -> OpenCall {
    OpenCall(
      transport.open(method, request: nil, metadata: sent(with: metadata), options: options))
  }
}
