/// Code that runs around every handler: authorisation, audit, metrics.
///
/// The chain is composed once per method when the router is made, the first interceptor outermost.
public protocol ServerInterceptor: Sendable {
  /// Answers the call, usually by `try await next(request, call)`.
  ///
  /// Throwing instead of calling `next` refuses the call; an ``RPCError`` says how.
  func intercept(request: [UInt8], call: ServerCall, next: MethodHandler.Unary) async throws
    -> [UInt8]
}
