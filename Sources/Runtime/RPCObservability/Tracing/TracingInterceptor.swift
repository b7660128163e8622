public import RPCCore
public import Tracing

/// Goes on with the caller's trace: reads it from the metadata, runs the handler within it and, when
/// there is a tracer, within a span of the call.
///
/// Without a tracer the trace is handed on unchanged, as W3C Trace Context allows who only forwards.
/// Headers that cannot be read are as good as none; they are never an error.
public struct TracingInterceptor: ServerInterceptor {
  private let tracer: any Tracer
  private let isTracing: Bool

  /// - Parameter tracer: by default what the program has bootstrapped
  public init(tracer: any Tracer = InstrumentationSystem.tracer) {
    self.tracer = tracer
    isTracing = !(tracer is NoOpTracer)
  }

  /// See ``RPCCore/ServerInterceptor``.
  public func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    guard let context = context(of: call) else { return try await next(request, call) }
    guard isTracing else {
      return try await ServiceContext.withValue(context) { try await next(request, call) }
    }
    let span = CallSpan(call.method, kind: .server, context: context, tracer: tracer)
    span.messageCame(byteCount: request.count)
    do {
      let response = try await ServiceContext.withValue(span.span.context) {
        try await next(request, call)
      }
      span.messageLeft(byteCount: response.count)
      span.end(.ok)
      return response
    } catch {
      span.end(RPCError(thrownByHandler: error).code)
      throw error
    }
  }

  /// See ``RPCCore/ServerInterceptor``.
  public func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws {
    guard let context = context(of: call) else {
      return try await next(requests, responses, call)
    }
    guard isTracing else {
      return try await ServiceContext.withValue(context) {
        try await next(requests, responses, call)
      }
    }
    let span = CallSpan(call.method, kind: .server, context: context, tracer: tracer)
    let (requests, responses) = Self.counted(requests, responses, in: span)
    do {
      try await ServiceContext.withValue(span.span.context) {
        try await next(requests, responses, call)
      }
      span.end(.ok)
    } catch {
      span.end(RPCError(thrownByHandler: error).code)
      throw error
    }
  }

  /// The call's context; nil when there is neither a trace to go on with nor a tracer to begin one.
  private func context(of call: ServerCall) -> ServiceContext? {
    var context = ServiceContext.current ?? .topLevel
    if isTracing {
      tracer.extract(call.requestMetadata, into: &context, using: MetadataExtractor())
      return context
    }
    let trace = TraceContextFields.extract(call.requestMetadata, using: MetadataExtractor())
    guard let trace else { return nil }
    context.traceContext = trace
    return context
  }

  /// The same streams, each message an event; just the same when nobody keeps events.
  private static func counted(
    _ requests: RawRequests, _ responses: RawResponses, in span: CallSpan
  ) -> (RawRequests, RawResponses) {
    guard span.span.isRecording else { return (requests, responses) }
    let countedRequests: RawRequests = requests.map { message in
      span.messageCame(byteCount: message.count)
      return message
    }
    let countedResponses: RawResponses = responses.map { message in
      span.messageLeft(byteCount: message.count)
      return message
    }
    return (countedRequests, countedResponses)
  }
}
