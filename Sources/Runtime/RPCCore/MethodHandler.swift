/// A method and the code that answers it.
public struct MethodHandler: Sendable {
  /// Serialized request in, serialized response out.
  ///
  /// Runs in the call's task, on its connection's executor.
  public typealias Unary =
    @Sendable (_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8]

  /// Serialized requests in, serialized responses out, as many of each as the method's kind allows.
  ///
  /// Runs in the call's task, on its connection's executor. Returning ends the call with OK.
  public typealias Streaming =
    @Sendable (_ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall) async throws
    -> Void

  /// The ways a method is answered, by what the transport has to do.
  public enum Invocation: Sendable {
    /// One request in, one response out.
    case unary(Unary)
    /// A stream on at least one side. Where the kind has one request, it is complete before the code runs.
    case streaming(Streaming)
    /// Declared in the schema but not built: every call ends with UNIMPLEMENTED.
    case unimplemented
  }

  /// The method.
  public let descriptor: MethodDescriptor
  /// Its code.
  public let invocation: Invocation

  /// Pairs a method with the code that answers it.
  ///
  /// - Precondition: `.unary` is for methods of kind unary, `.streaming` for the others.
  public init(_ descriptor: MethodDescriptor, _ invocation: Invocation) {
    switch invocation {
    case .unary: precondition(descriptor.kind == .unary, "\(descriptor) is not unary")
    case .streaming: precondition(descriptor.kind != .unary, "\(descriptor) is unary")
    case .unimplemented: break
    }
    self.descriptor = descriptor
    self.invocation = invocation
  }
}

extension MethodHandler {
  /// A unary method over messages.
  ///
  /// Request bytes that are no message answer INTERNAL, as gRPC does; so does a response that cannot
  /// be encoded. What `body` throws is left as it is. The same holds for the other three kinds.
  @inlinable
  public static func unary<Request: RPCMessage, Response: RPCMessage>(
    _ descriptor: MethodDescriptor, request: Request.Type = Request.self,
    _ body: @escaping @Sendable (Request, ServerCall) async throws -> Response
  ) -> MethodHandler {
    MethodHandler(
      descriptor,
      .unary { bytes, call in
        let response = try await body(Request(request: bytes), call)
        var buffer: [UInt8] = []
        try response.encodeResponse(into: &buffer)
        return buffer
      })
  }

  /// A method with one request and any number of responses.
  public static func serverStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ descriptor: MethodDescriptor, request: Request.Type = Request.self,
    _ body: @escaping @Sendable (Request, ResponseStream<Response>, ServerCall) async throws -> Void
  ) -> MethodHandler {
    MethodHandler(
      descriptor,
      .streaming { requests, responses, call in
        var requests = requests.makeAsyncIterator()
        guard let bytes = try await requests.next() else { throw RPCError.noRequest }
        try await body(Request(request: bytes), ResponseStream(responses), call)
      })
  }

  /// A method with any number of requests and one response.
  public static func clientStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ descriptor: MethodDescriptor, request: Request.Type = Request.self,
    _ body: @escaping @Sendable (RequestStream<Request>, ServerCall) async throws -> Response
  ) -> MethodHandler {
    MethodHandler(
      descriptor,
      .streaming { requests, responses, call in
        let response = try await body(RequestStream(requests), call)
        try await ResponseStream(responses).write(response)
      })
  }

  /// A method with any number of both.
  public static func bidirectionalStreaming<Request: RPCMessage, Response: RPCMessage>(
    _ descriptor: MethodDescriptor, request: Request.Type = Request.self,
    _ body:
      @escaping @Sendable (
        RequestStream<Request>, ResponseStream<Response>, ServerCall
      ) async throws -> Void
  ) -> MethodHandler {
    MethodHandler(
      descriptor,
      .streaming { requests, responses, call in
        try await body(RequestStream(requests), ResponseStream(responses), call)
      })
  }

  /// A method of the schema that is not built yet.
  public static func unimplemented(_ descriptor: MethodDescriptor) -> MethodHandler {
    MethodHandler(descriptor, .unimplemented)
  }
}

extension RPCError {
  /// A call with one request ended without it (D1).
  package static let noRequest = RPCError(
    .unimplemented, "the method takes one request, there was none")

  /// A call with one request had two (D1).
  package static let tooManyRequests = RPCError(
    .unimplemented, "the method takes one request, there was another")

  /// A call with one response ended without it: a defect of the handler.
  package static let noResponse = RPCError(
    .internal, "the handler ended without the method's one response")
}
