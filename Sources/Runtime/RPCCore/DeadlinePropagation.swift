extension Deadline {
  /// The deadline of the call that the current task handles, where the server has ``DeadlinePropagation``.
  ///
  /// Calls made from such a task, or from its child tasks, end by then.
  @TaskLocal public static var inherited: Deadline?
}

/// Hands the deadline of each call that is handled down to the calls that its handler makes (gRPC's deadline
/// propagation). Cancellation goes down by itself: a handler's task is cancelled, and with it what it awaits.
///
/// An interceptor and not every server's habit, because it costs each call some hundred nanoseconds, and most
/// servers call nobody.
public struct DeadlinePropagation: ServerInterceptor {
  /// The only one there is.
  public init() {}

  /// See ``ServerInterceptor``.
  public func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    guard let deadline = call.deadline else { return try await next(request, call) }
    return try await Deadline.$inherited.withValue(deadline) { try await next(request, call) }
  }

  /// See ``ServerInterceptor``.
  public func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall, next: MethodHandler.Streaming
  ) async throws {
    guard let deadline = call.deadline else { return try await next(requests, responses, call) }
    try await Deadline.$inherited.withValue(deadline) { try await next(requests, responses, call) }
  }
}
