public import Tracing

/// A span that has ended, with all that was recorded of it.
public struct FinishedSpan: Sendable {
  /// "Recv.pkg.Service.Method".
  public var name: String
  /// Which side of what it is.
  public var kind: SpanKind
  /// Its trace and its own id.
  public var context: TraceContext
  /// The span it happened within; nil for the first of a trace.
  public var parentSpanID: UInt64?
  /// When it began, in nanoseconds since 1970.
  public var startNanoseconds: UInt64
  /// When it ended, likewise.
  public var endNanoseconds: UInt64
  /// How it ended; nil when nobody said.
  public var status: SpanStatus?
  /// What is known of it.
  public var attributes: SpanAttributes
  /// What happened in it, in order.
  public var events: [SpanEvent]
  /// Events that had no room.
  public var droppedEventCount: Int
  /// Other spans it has to do with.
  public var links: [SpanLink]
}

/// Where spans go when they have ended.
public protocol SpanExporter: Sendable {
  /// Takes a span, from any thread; must be quick and must not block.
  func export(_ span: FinishedSpan)
}
