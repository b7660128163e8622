public import RPCCore
public import Tracing

/// A transport whose calls belong to the trace at hand: each carries `traceparent`, and with a tracer
/// each is a span `Sent.pkg.Service.Method`.
///
/// Without a tracer the trace of `ServiceContext.current` is handed on unchanged; outside any trace
/// nothing is added.
public struct TracingTransport<Base: ClientTransport>: ClientTransport {
  private let base: Base
  private let tracer: any Tracer
  private let isTracing: Bool

  /// Wraps `base`.
  ///
  /// - Parameter tracer: by default what the program has bootstrapped
  public init(_ base: Base, tracer: any Tracer = InstrumentationSystem.tracer) {
    self.base = base
    self.tracer = tracer
    isTracing = !(tracer is NoOpTracer)
  }

  /// See ``RPCCore/ClientTransport``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    guard isTracing else {
      return try await base.unary(
        method, request: request, metadata: forwarding(metadata), options: options)
    }
    let span = begin(method)
    span.messageLeft(byteCount: request.count)
    do throws(RPCError) {
      let response = try await base.unary(
        method, request: request, metadata: injecting(span, into: metadata), options: options)
      span.messageCame(byteCount: response.message.count)
      span.end(.ok)
      return response
    } catch {
      span.end(error.code)
      throw error
    }
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
