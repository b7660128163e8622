/// A method and the code that answers it.
public struct MethodHandler: Sendable {
  /// Serialized request in, serialized response out.
  ///
  /// Runs in the call's task, on its connection's executor.
  public typealias Unary =
    @Sendable (_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8]

  /// The ways a method is answered, by what the transport has to do.
  public enum Invocation: Sendable {
    /// One request in, one response out.
    case unary(Unary)
    /// Declared in the schema but not built: every call ends with UNIMPLEMENTED.
    case unimplemented
  }

  /// The method.
  public let descriptor: MethodDescriptor
  /// Its code.
  public let invocation: Invocation

  /// Pairs a method with the code that answers it.
  public init(_ descriptor: MethodDescriptor, _ invocation: Invocation) {
    self.descriptor = descriptor
    self.invocation = invocation
  }
}

extension MethodHandler {
  /// A unary method over messages.
  ///
  /// Request bytes that are no message answer INTERNAL, as gRPC does; so does a response that cannot
  /// be encoded. What `body` throws is left as it is.
  @inlinable
  public static func unary<Request: RPCMessage, Response: RPCMessage>(
    _ descriptor: MethodDescriptor, request: Request.Type = Request.self,
    _ body: @escaping @Sendable (Request, ServerCall) async throws -> Response
  ) -> MethodHandler {
    MethodHandler(
      descriptor,
      .unary { bytes, call in
        let message: Request
        do {
          // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
          message = unsafe try Request(serializedBytes: bytes.span.bytes)
        } catch {
          throw RPCError(.internal, "the request is not a valid message")
        }
        let response = try await body(message, call)
        var buffer: [UInt8] = []
        do {
          try response.serialize(into: &buffer)
        } catch {
          throw RPCError(.internal, "the response cannot be encoded")
        }
        return buffer
      })
  }

  /// A method of the schema that is not built yet.
  public static func unimplemented(_ descriptor: MethodDescriptor) -> MethodHandler {
    MethodHandler(descriptor, .unimplemented)
  }
}
