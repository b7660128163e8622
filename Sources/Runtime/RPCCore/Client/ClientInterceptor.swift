/// Code that runs around a client's calls: a token on each, logs, a recording.
///
/// Calls of the two forms go through the two methods; neither has a default, so that no kind of call passes an
/// interceptor by mistake. Called in the caller's task, before retries: a call that is tried three times passes once.
public protocol ClientInterceptor: Sendable {
  /// Makes a unary call, usually by `try await next.unary(…)` with what it has changed.
  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse

  /// Begins a call with a stream, usually by `next.open(…)`; to see or change its messages wrap what that returns.
  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) -> any ClientStream
}

extension ClientTransport {
  /// This transport with `interceptors` around it, the first outermost.
  public func intercepted(by interceptors: [any ClientInterceptor]) -> any ClientTransport {
    var transport: any ClientTransport = self
    for interceptor in interceptors.reversed() {
      transport = InterceptedTransport(interceptor: interceptor, next: transport)
    }
    return transport
  }
}

private struct InterceptedTransport: ClientTransport {
  let interceptor: any ClientInterceptor
  let next: any ClientTransport

  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    try await interceptor.unary(
      method, request: request, metadata: metadata, options: options, next: next)
  }

  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream {
    interceptor.open(method, request: request, metadata: metadata, options: options, next: next)
  }
}
