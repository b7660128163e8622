/// Code that runs around handlers: authorisation, audit, metrics.
///
/// The chain is composed once per method when the router is made, the first interceptor outermost. Calls of
/// the two forms go through the two methods; neither has a default, so that no interceptor lets a kind of
/// call pass by mistake.
public protocol ServerInterceptor: Sendable {
  /// Whether this interceptor stands before `method`; asked once, when the router is made.
  func applies(to method: MethodDescriptor) -> Bool

  /// Answers a unary call, usually by `try await next(request, call)`.
  ///
  /// Throwing instead of calling `next` refuses the call; an ``RPCError`` says how.
  func intercept(request: [UInt8], call: ServerCall, next: MethodHandler.Unary) async throws
    -> [UInt8]

  /// Answers a call with a stream, usually by `try await next(requests, responses, call)`.
  ///
  /// To see or change the messages hand on `requests.map { … }` and `responses.map { … }`.
  func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws
}

extension ServerInterceptor {
  /// True: it stands before every method.
  public func applies(to method: MethodDescriptor) -> Bool { true }
}

extension MethodHandler {
  /// The same method with those of `interceptors` around it that apply, the first outermost.
  func wrapped(in interceptors: [any ServerInterceptor]) -> MethodHandler {
    let interceptors = interceptors.filter { $0.applies(to: descriptor) }
    switch invocation {
    case .unimplemented:
      return self
    case .unary(let innermost):
      var next = innermost
      for interceptor in interceptors.reversed() {
        let inner = next
        next = { request, call in
          try await interceptor.intercept(request: request, call: call, next: inner)
        }
      }
      return MethodHandler(descriptor, .unary(next))
    case .streaming(let innermost):
      var next = innermost
      for interceptor in interceptors.reversed() {
        let inner = next
        next = { requests, responses, call in
          try await interceptor.intercept(
            requests: requests, responses: responses, call: call, next: inner)
        }
      }
      return MethodHandler(descriptor, .streaming(next))
    }
  }
}
