public import RPCCore
public import Tracing

/// Puts a client's calls into the trace at hand: each carries `traceparent`, and with a tracer each is a
/// span `Sent.pkg.Service.Method`, from its beginning to its end, with an event for each message.
///
/// Without a tracer the trace of `ServiceContext.current` is handed on unchanged; outside any trace
/// nothing is added.
public struct ClientTracingInterceptor: ClientInterceptor {
  private let tracer: any Tracer
  private let isTracing: Bool

  /// - Parameter tracer: by default what the program has bootstrapped
  public init(tracer: any Tracer = InstrumentationSystem.tracer) {
    self.tracer = tracer
    isTracing = !(tracer is NoOpTracer)
  }

  /// See ``RPCCore/ClientInterceptor``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse {
    guard isTracing else {
      return try await next.unary(
        method, request: request, metadata: forwarding(metadata), options: options)
    }
    let span = begin(method)
    span.messageLeft(byteCount: request.count)
    do throws(RPCError) {
      let response = try await next.unary(
        method, request: request, metadata: injecting(span, into: metadata), options: options)
      span.messageCame(byteCount: response.message.count)
      span.end(.ok)
      return response
    } catch {
      span.end(error.code)
      throw error
    }
  }

  /// See ``RPCCore/ClientInterceptor``. The span of a stream that is let go before its end is CANCELLED.
  public func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) -> any ClientStream {
    guard isTracing else {
      return next.open(
        method, request: request, metadata: forwarding(metadata), options: options)
    }
    let span = begin(method)
    if let request { span.messageLeft(byteCount: request.count) }
    let stream = next.open(
      method, request: request, metadata: injecting(span, into: metadata), options: options)
    return TracedStream(stream, in: span)
  }

  private func begin(_ method: MethodDescriptor) -> CallSpan {
    CallSpan(
      method, kind: .client, context: ServiceContext.current ?? .topLevel, tracer: tracer)
  }

  private func injecting(_ span: CallSpan, into metadata: Metadata) -> Metadata {
    var metadata = metadata
    tracer.inject(span.span.context, into: &metadata, using: MetadataInjector())
    return metadata
  }

  private func forwarding(_ metadata: Metadata) -> Metadata {
    guard let trace = ServiceContext.current?.traceContext else { return metadata }
    var metadata = metadata
    TraceContextFields.inject(trace, into: &metadata, using: MetadataInjector())
    return metadata
  }
}
