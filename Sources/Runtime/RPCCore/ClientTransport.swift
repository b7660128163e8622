/// What carries a client's calls: a connection, a pool of them, or the server in the same process.
///
/// Work done around every call (recording, retries, a token on each request) is a transport
/// that wraps another.
public protocol ClientTransport: Sendable {
  /// Makes one unary call and returns what came back with status OK.
  ///
  /// Cancelling the task cancels the call.
  ///
  /// - Parameters:
  ///   - method: the method to call
  ///   - request: the serialized request
  ///   - metadata: sent with the request
  ///   - options: limits of this call
  /// - Throws: the server's status when it is not OK; DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE,
  ///   RESOURCE_EXHAUSTED, INTERNAL when the call could not be finished.
  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse
}

/// The answer to a unary call before its message is decoded.
public struct RawResponse: Sendable, Hashable {
  /// The serialized response.
  public var message: [UInt8]
  /// The application's response headers.
  public var metadata: Metadata
  /// The application's trailers.
  public var trailingMetadata: Metadata

  /// Every part is as it came.
  public init(message: [UInt8], metadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    self.message = message
    self.metadata = metadata
    self.trailingMetadata = trailingMetadata
  }
}
