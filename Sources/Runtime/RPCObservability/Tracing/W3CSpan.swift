internal import Synchronization
public import Tracing

/// A span of a ``W3CTracer``. Any thread may record in it until it ends.
///
/// One whose trace is not kept carries its context and forgets everything else.
public final class W3CSpan: Span {
  /// Events that a span keeps; a long stream has more messages than anybody reads.
  public static let eventCountMax = 128
  /// Attributes that a span keeps.
  public static let attributeCountMax = 64
  /// Links that a span keeps.
  public static let linkCountMax = 32

  /// The context for what happens within it.
  public let context: ServiceContext
  private let exporter: (any SpanExporter)?
  // Nil once it has ended.
  private let recorded: Mutex<FinishedSpan?>
  private let name: Mutex<String>

  init(
    _ name: String, kind: SpanKind, context: ServiceContext, trace: TraceContext,
    parentSpanID: UInt64?, startNanoseconds: UInt64, exporter: (any SpanExporter)?
  ) {
    self.context = context
    self.exporter = exporter
    self.name = Mutex(name)
    recorded = Mutex(
      exporter.map { _ in
        FinishedSpan(
          name: name, kind: kind, context: trace, parentSpanID: parentSpanID,
          startNanoseconds: startNanoseconds, endNanoseconds: startNanoseconds, status: nil,
          attributes: [:], events: [], droppedEventCount: 0, links: [])
      })
  }

  /// Whether it is kept and has not ended.
  public var isRecording: Bool { recorded.withLock { $0 != nil } }

  /// Its name, which may still become more precise.
  public var operationName: String {
    get { name.withLock { $0 } }
    set { name.withLock { $0 = newValue } }
  }

  /// What is known of it; a change that would go above the limit is not kept.
  public var attributes: SpanAttributes {
    get { recorded.withLock { $0?.attributes ?? [:] } }
    set {
      record { if newValue.count <= Self.attributeCountMax { $0.attributes = newValue } }
    }
  }

  /// See swift-distributed-tracing.
  public func setStatus(_ status: SpanStatus) { record { $0.status = status } }

  /// Keeps it, or counts it when there is no room.
  public func addEvent(_ event: SpanEvent) {
    record { span in
      if span.events.count < Self.eventCountMax {
        span.events.append(event)
      } else {
        span.droppedEventCount += 1
      }
    }
  }

  /// An event `exception` with the error's type; its text may hold people's data and is left out.
  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    var attributes = attributes
    attributes["exception.type"] = "\(type(of: error))"
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  /// Keeps it while there is room.
  public func addLink(_ link: SpanLink) {
    record { if $0.links.count < Self.linkCountMax { $0.links.append(link) } }
  }

  /// Ends it and hands it on; only the first time counts.
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard let exporter else { return }
    let finished = recorded.withLock { recorded in
      defer { recorded = nil }
      return recorded
    }
    guard var finished else { return }
    finished.name = operationName
    finished.endNanoseconds = instant().nanosecondsSinceEpoch
    exporter.export(finished)
  }

  private func record(_ change: (inout FinishedSpan) -> Void) {
    if exporter == nil { return }
    recorded.withLock { recorded in
      guard var span = recorded.take() else { return }
      change(&span)
      recorded = span
    }
  }
}
