/// What carries a client's calls: a channel with its connections, or the server in the same process.
///
/// Work done around every call (recording, a token on each request) is a ``ClientInterceptor``.
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

  /// Begins a call with a stream on at least one side, and returns at once: whatever goes wrong is told by
  /// the stream.
  ///
  /// - Parameters:
  ///   - method: the method to call, of a kind other than unary
  ///   - request: the one request, where the kind has one; nil for the kinds with many, which are written
  ///   - metadata: sent with the request
  ///   - options: limits of this call
  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream
}

/// The answer to a unary call before its message is decoded.
public struct RawResponse: Sendable, Hashable {
  /// The serialized response.
  public var message: [UInt8]
  /// The application's response headers.
  public var metadata: Metadata
  /// The application's trailers.
  public var trailingMetadata: Metadata
  /// Whether the response came compressed; `message` is not.
  public var wasCompressed: Bool

  /// Every part is as it came.
  public init(
    message: [UInt8], metadata: Metadata = [:], trailingMetadata: Metadata = [:],
    wasCompressed: Bool = false
  ) {
    self.message = message
    self.metadata = metadata
    self.trailingMetadata = trailingMetadata
    self.wasCompressed = wasCompressed
  }
}
