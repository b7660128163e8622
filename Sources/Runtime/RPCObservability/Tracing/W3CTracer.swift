public import Tracing

/// A tracer that speaks W3C Trace Context and hands finished spans to an exporter.
///
/// Whether a trace is kept is its parent's decision; a trace that begins here is kept in `sampledShare`
/// of the cases, decided by its id, so that whoever has the same share decides alike.
///
/// ```swift
/// InstrumentationSystem.bootstrap(W3CTracer(exporter: SpanLog(logger: logger)))
/// ```
public struct W3CTracer: Tracer {
  /// See swift-distributed-tracing.
  public typealias Span = W3CSpan

  private let exporter: any SpanExporter
  private let sampledBelow: UInt64
  private let randomBits: @Sendable () -> UInt64

  /// - Parameters:
  ///   - exporter: where spans go that are kept
  ///   - sampledShare: 0 for none, 1 for all of the traces that begin here
  ///   - randomBits: makes ids; called from any thread
  public init(
    exporter: any SpanExporter, sampledShare: Double = 1,
    randomBits: @escaping @Sendable () -> UInt64 = {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    }
  ) {
    self.exporter = exporter
    self.randomBits = randomBits
    // Compared with the lower 63 bits of the id, which nobody but chance has chosen.
    let share = sampledShare.isNaN ? 0 : min(max(sampledShare, 0), 1)
    sampledBelow = UInt64(share * 0x1p63)
  }

  /// Begins a span within the context's trace, or a trace of its own.
  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> W3CSpan {
    var context = context()
    let parent = context.traceContext
    let trace = parent.map { child(of: $0) } ?? root()
    context.traceContext = trace
    return W3CSpan(
      operationName, kind: kind, context: context, trace: trace, parentSpanID: parent?.spanID,
      startNanoseconds: instant().nanosecondsSinceEpoch, exporter: trace.isSampled ? exporter : nil)
  }

  /// See swift-distributed-tracing.
  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    if let trace = TraceContextFields.extract(carrier, using: extractor) {
      context.traceContext = trace
    }
  }

  /// See swift-distributed-tracing.
  public func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let trace = context.traceContext else { return }
    TraceContextFields.inject(trace, into: &carrier, using: injector)
  }

  private func child(of parent: TraceContext) -> TraceContext {
    var trace = parent
    trace.spanID = nonZero()
    return trace
  }

  private func root() -> TraceContext {
    let id = TraceContext.TraceID(high: randomBits(), low: nonZero())
    let isSampled = id.low & (1 << 63 - 1) < sampledBelow
    return TraceContext(traceID: id, spanID: nonZero(), isSampled: isSampled, isRandom: true)
  }

  private func nonZero() -> UInt64 {
    while true {
      let bits = randomBits()
      if bits != 0 { return bits }
    }
  }
}

extension W3CTracer {
  /// Does nothing: spans go to the exporter as they end.
  @available(*, deprecated)
  public func forceFlush() {}
}
