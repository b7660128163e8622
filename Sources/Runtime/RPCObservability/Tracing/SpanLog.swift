public import Logging
internal import Tracing

/// Writes each span as a line of a log: ids, name, time, how it ended; no attributes, which may be anything.
public struct SpanLog: SpanExporter {
  private let logger: Logger
  private let level: Logger.Level

  /// Writes to `logger` at `level`.
  public init(logger: Logger, level: Logger.Level = .info) {
    self.logger = logger
    self.level = level
  }

  /// See ``SpanExporter``.
  public func export(_ span: FinishedSpan) {
    let nanoseconds = span.endNanoseconds.subtractingReportingOverflow(span.startNanoseconds)
    var metadata: Logger.Metadata = [
      "trace_id": "\(span.context.traceID)",
      "span_id": "\(span.context.spanIDText)",
      "span": "\(span.name)",
      "duration_us": "\(nanoseconds.overflow ? 0 : nanoseconds.partialValue / 1000)",
      "events": "\(span.events.count + span.droppedEventCount)",
    ]
    if let parent = span.parentSpanID {
      var context = span.context
      context.spanID = parent
      metadata["parent_span_id"] = "\(context.spanIDText)"
    }
    if let status = span.status {
      metadata["status"] = status.code == .ok ? "ok" : "\(status.message ?? "error")"
    }
    logger.log(level: level, "span ended", metadata: metadata)
  }
}
