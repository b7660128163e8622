import Synchronization
import Testing
import Tracing

@testable import RPCObservability

@Suite("the W3C tracer")
struct W3CTracerTests {
  private let ring = SpanRing()

  private static func bits(seed: UInt64) -> @Sendable () -> UInt64 {
    let generator = Mutex(SplitMix(state: seed))
    return { generator.withLock { $0.next() } }
  }

  @Test("a span without a parent begins a trace, one within it goes on with it")
  func family() throws {
    let tracer = W3CTracer(exporter: ring)
    tracer.withSpan("outer", ofKind: .server) { _ in
      tracer.withSpan("inner") { $0.addEvent("here") }
    }
    let (spans, dropped) = ring.drain()
    #expect(spans.map(\.name) == ["inner", "outer"] && dropped == 0)
    let (inner, outer) = (spans[0], spans[1])
    #expect(outer.parentSpanID == nil && outer.context.traceID.isValid)
    #expect(inner.context.traceID == outer.context.traceID)
    #expect(inner.parentSpanID == outer.context.spanID)
    #expect(inner.context.spanID != outer.context.spanID)
    #expect(outer.startNanoseconds <= inner.startNanoseconds)
    #expect(inner.endNanoseconds <= outer.endNanoseconds)
    #expect(inner.events.map(\.name) == ["here"])
  }

  @Test("ids come from the numbers given, and zero is none")
  func ids() {
    let numbers = Mutex([0, 0, 7, 0, 9] as [UInt64])
    let tracer = W3CTracer(exporter: ring) { numbers.withLock { $0.removeFirst() } }
    let span = tracer.startSpan("s")
    #expect(
      span.context.traceContext?.traceparent
        == "00-00000000000000000000000000000007-0000000000000009-03")
  }

  @Test("the parent decides whether a trace is kept, whatever the share", arguments: [0.0, 1.0])
  func parents(share: Double) {
    let tracer = W3CTracer(exporter: ring, sampledShare: share)
    for isSampled in [true, false] {
      var context = ServiceContext.topLevel
      context.traceContext = TraceContext(
        traceID: .init(high: 1, low: 2), spanID: 3, isSampled: isSampled,
        state: TraceState("a=b") ?? TraceState())
      let span = tracer.startSpan("s", context: context)
      #expect(span.isRecording == isSampled)
      #expect(span.context.traceContext?.isSampled == isSampled)
      #expect(span.context.traceContext?.state.text == "a=b")
      span.end()
    }
    #expect(ring.drain().spans.count == 1)
  }

  @Test(
    "about the share of new traces is kept",
    arguments: [(0.0, 0, 0), (0.25, 400, 600), (1, 2000, 2000)])
  func share(share: Double, atLeast: Int, atMost: Int) {
    let tracer = W3CTracer(
      exporter: SpanRing(countMax: 4000), sampledShare: share, randomBits: Self.bits(seed: 7))
    let kept = (0..<2000).filter { _ in tracer.startSpan("s").isRecording }.count
    #expect((atLeast...atMost).contains(kept))
  }

  @Test("a span ends once, and takes nothing afterwards")
  func end() {
    let span = W3CTracer(exporter: ring).startSpan("s")
    span.operationName = "better"
    span.end()
    span.end()
    span.addEvent("late")
    span.attributes["late"] = 1
    #expect(!span.isRecording)
    let spans = ring.drain().spans
    #expect(spans.count == 1 && spans[0].name == "better" && spans[0].events.isEmpty)
  }

  @Test("what a span keeps is bounded")
  func bounds() {
    let span = W3CTracer(exporter: ring).startSpan("s")
    for index in 0..<1000 {
      span.addEvent("e")
      span.attributes["\(index)"] = index
      span.addLink(SpanLink(context: .topLevel, attributes: [:]))
    }
    span.end()
    let kept = ring.drain().spans[0]
    #expect(kept.events.count == W3CSpan.eventCountMax)
    #expect(kept.droppedEventCount == 1000 - W3CSpan.eventCountMax)
    #expect(kept.attributes.count == W3CSpan.attributeCountMax)
    #expect(kept.links.count == W3CSpan.linkCountMax)
  }

  @Test("an error leaves its type and not its text")
  func errors() {
    struct Private: Error, CustomStringConvertible { var description: String { "Maria" } }
    let tracer = W3CTracer(exporter: ring)
    #expect(throws: Private.self) { try tracer.withSpan("s") { _ in throw Private() } }
    let span = ring.drain().spans[0]
    #expect(span.status?.code == .error)
    #expect(span.events[0].attributes.get("exception.type") == .string("Private"))
    #expect(!"\(span)".contains("Maria"))
  }

  @Test("the ring keeps the last spans, oldest first")
  func ringOrder() {
    let ring = SpanRing(countMax: 3)
    let tracer = W3CTracer(exporter: ring)
    for name in ["a", "b", "c", "d", "e"] { tracer.startSpan(name).end() }
    var (spans, dropped) = ring.drain()
    #expect(spans.map(\.name) == ["c", "d", "e"] && dropped == 2)
    tracer.startSpan("f").end()
    (spans, dropped) = ring.drain()
    #expect(spans.map(\.name) == ["f"] && dropped == 0)
  }

  @Test("the log has a line for each span, with ids")
  func spanLog() throws {
    let lines = LogLines()
    let tracer = W3CTracer(
      exporter: SpanLog(logger: lines.logger(.text)), randomBits: Self.bits(seed: 1))
    let outer = tracer.startSpan("outer")
    let inner = tracer.startSpan("inner", context: outer.context)
    inner.setStatus(SpanStatus(code: .error, message: "INTERNAL"))
    inner.end()
    outer.end()
    let trace = try #require(outer.context.traceContext)
    #expect(lines.lines.count == 2)
    #expect(lines.lines[0].contains("trace_id=\(trace.traceID)"))
    #expect(lines.lines[0].contains("parent_span_id=\(trace.spanIDText)"))
    #expect(lines.lines[0].contains("status=INTERNAL"))
    #expect(!lines.lines[1].contains("parent_span_id"))
  }
}
