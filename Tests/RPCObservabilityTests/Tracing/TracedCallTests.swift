import RPCCore
import RPCTransportInProcess
import Synchronization
import Testing
import Tracing

@testable import RPCObservability

/// A client's transport, the interceptor and a handler that calls on, over the in-process transport.
@Suite("traced calls")
struct TracedCallTests {
  static let parent = "00-0123456789abcdef0fedcba987654321-00f067aa0ba902b7-01"
  private static let method = MethodDescriptor(service: "p.S", method: "M", kind: .unary)
  private static let stream = MethodDescriptor(
    service: "p.S", method: "Chat", kind: .bidirectionalStreaming)

  private let ring = SpanRing()

  /// What a handler saw.
  private final class Seen: Sendable {
    let context = Mutex<TraceContext?>(nil)
    let metadata = Mutex<Metadata>([:])
  }

  private struct Service: RPCService {
    static let serviceName = "p.S"
    var handlers: [MethodHandler]

    func methods() -> [MethodHandler] { handlers }
  }

  private func router(
    _ tracer: any Tracer, _ seen: Seen, failing error: RPCError? = nil
  ) -> Router {
    let handler = MethodHandler(
      Self.method,
      .unary { request, call in
        seen.context.withLock { $0 = ServiceContext.current?.traceContext }
        seen.metadata.withLock { $0 = call.requestMetadata }
        if let error { throw error }
        return request + request
      })
    return Router(
      services: [Service(handlers: [handler])], interceptors: [TracingInterceptor(tracer: tracer)])
  }

  private func call(_ router: Router, _ metadata: Metadata = [:]) async throws(RPCError) {
    _ = try await InProcessTransport(router: router).unary(
      Self.method, request: [1, 2, 3], metadata: metadata, options: CallOptions())
  }

  @Test("a call is a span within its caller's trace, as A72 has it")
  func span() async throws {
    let seen = Seen()
    try await call(
      router(W3CTracer(exporter: ring), seen),
      ["traceparent": .string(Self.parent), "tracestate": "a=1", "tracestate": "b=2"])
    let span = try #require(ring.drain().spans.first)
    #expect(span.name == "Recv.p.S.M" && span.kind == .server)
    #expect(span.parentSpanID == 0x00f0_67aa_0ba9_02b7)
    #expect("\(span.context.traceID)" == "0123456789abcdef0fedcba987654321")
    #expect(span.context.state.text == "a=1,b=2")
    #expect(span.status?.code == .ok)
    #expect(span.attributes.get("rpc.system") == .string("grpc"))
    #expect(span.attributes.get("rpc.service") == .string("p.S"))
    #expect(span.attributes.get("rpc.method") == .string("M"))
    #expect(span.attributes.get("rpc.grpc.status_code") == .int64(0))
    #expect(span.events.map(\.name) == ["Inbound message", "Outbound message"])
    #expect(span.events.map { $0.attributes.get("message-size") } == [.int64(3), .int64(6)])
    #expect(span.events.map { $0.attributes.get("sequence-number") } == [.int64(0), .int64(0)])
    #expect(seen.context.withLock { $0 } == span.context)
  }

  @Test("a call that fails says by which code, not in which words")
  func failure() async throws {
    let failing = router(
      W3CTracer(exporter: ring), Seen(), failing: RPCError(.notFound, "Maria is not here"))
    await #expect(throws: RPCError.self) { try await call(failing) }
    let span = try #require(ring.drain().spans.first)
    #expect(span.status == SpanStatus(code: .error, message: "NOT_FOUND"))
    #expect(span.attributes.get("rpc.grpc.status_code") == .int64(5))
    #expect(!"\(span)".contains("Maria"))
  }

  @Test(
    "headers that cannot be read begin a trace and never fail a call",
    arguments: [
      [:], ["traceparent": "garbage"],
      ["traceparent": .string(parent), "traceparent": .string(parent)],
      ["tracestate": "a=1"], ["traceparent-bin": .binary([1])],
    ] as [Metadata])
  func garbage(metadata: Metadata) async throws {
    let seen = Seen()
    try await call(router(W3CTracer(exporter: ring), seen), metadata)
    let span = try #require(ring.drain().spans.first)
    #expect(span.parentSpanID == nil)
    #expect("\(span.context.traceID)" != "0123456789abcdef0fedcba987654321")
    #expect(span.context.state.members.isEmpty)
  }

  @Test("without a tracer the trace is handed on unchanged, and no trace is none")
  func forwarding() async throws {
    let (seen, far) = (Seen(), Seen())
    let next = InProcessTransport(router: router(NoOpTracer(), far)).intercepted(
      by: [ClientTracingInterceptor(tracer: NoOpTracer())])
    let relay = MethodHandler(
      Self.method,
      .unary { request, _ in
        seen.context.withLock { $0 = ServiceContext.current?.traceContext }
        return try await next.unary(
          Self.method, request: request, metadata: ["x": "y"], options: CallOptions()
        ).message
      })
    let router = Router(
      services: [Service(handlers: [relay])],
      interceptors: [TracingInterceptor(tracer: NoOpTracer())])
    try await call(router, ["traceparent": .string(Self.parent), "tracestate": "a=1"])
    let metadata = far.metadata.withLock { $0 }
    #expect(metadata["traceparent"] == Self.parent && metadata["tracestate"] == "a=1")
    #expect(metadata["x"] == "y")
    #expect(far.context.withLock { $0 } == seen.context.withLock { $0 })
    try await call(router)
    #expect(far.metadata.withLock { $0 } == ["x": "y"])
    #expect(far.context.withLock { $0 } == nil)
  }

  @Test("a client's span is the parent of the server's, and replaces a header that was there")
  func sent() async throws {
    let tracer = W3CTracer(exporter: ring)
    let transport = InProcessTransport(router: router(tracer, Seen())).intercepted(
      by: [ClientTracingInterceptor(tracer: tracer)])
    try await tracer.withSpan("work") { _ in
      _ = try await transport.unary(
        Self.method, request: [1], metadata: ["traceparent": .string(Self.parent)],
        options: CallOptions())
    }
    let spans = ring.drain().spans
    #expect(spans.map(\.name) == ["Recv.p.S.M", "Sent.p.S.M", "work"])
    #expect(Set(spans.map(\.context.traceID)).count == 1)
    #expect(spans[0].parentSpanID == spans[1].context.spanID)
    #expect(spans[1].parentSpanID == spans[2].context.spanID)
    #expect(spans[1].kind == .client)
    #expect(spans[1].events.map(\.name) == ["Outbound message", "Inbound message"])
  }

  @Test("a client's call that fails ends its span with the code")
  func sentFailure() async throws {
    let tracer = W3CTracer(exporter: ring)
    let transport = InProcessTransport(router: Router(services: [])).intercepted(
      by: [ClientTracingInterceptor(tracer: tracer)])
    await #expect(throws: RPCError.self) {
      _ = try await transport.unary(
        Self.method, request: [], metadata: [:], options: CallOptions())
    }
    #expect(ring.drain().spans.first?.status?.message == "UNIMPLEMENTED")
  }

  /// A client whose streams are traced, to a handler that mirrors and fails when it is told to.
  private func mirror(_ tracer: any Tracer, _ seen: Seen = Seen()) -> any ClientTransport {
    let handler = MethodHandler(
      Self.stream,
      .streaming { requests, responses, call in
        seen.metadata.withLock { $0 = call.requestMetadata }
        for try await request in requests {
          if request.isEmpty { throw RPCError(.aborted, "") }
          try await responses.write(request + [9])
        }
      })
    return InProcessTransport(router: Router(services: [Service(handlers: [handler])]))
      .intercepted(by: [ClientTracingInterceptor(tracer: tracer)])
  }

  @Test("a client's stream is a span to its end, each message an event")
  func sentStream() async throws {
    let tracer = W3CTracer(exporter: ring)
    let seen = Seen()
    try await tracer.withSpan("work") { _ in
      let stream = mirror(tracer, seen).open(
        Self.stream, request: nil, metadata: [:], options: CallOptions())
      try await stream.write([1, 2], compressed: nil)
      #expect(try await stream.next() == [1, 2, 9])
      stream.finish()
      #expect(ring.drain().spans.isEmpty)
      #expect(try await stream.next() == nil)
    }
    let spans = ring.drain().spans
    #expect(spans.map(\.name) == ["Sent.p.S.Chat", "work"])
    #expect(spans[0].kind == .client && spans[0].status?.code == .ok)
    #expect(spans[0].parentSpanID == spans[1].context.spanID)
    #expect(
      seen.metadata.withLock { $0["traceparent"] } == spans[0].context.traceparent)
    #expect(
      spans[0].events.map { "\($0.name) \($0.number("message-size"))" }
        == ["Outbound message 2", "Inbound message 3"])
  }

  @Test("the span of a client's stream ends with the call's code, however it ends, and once")
  func sentStreamEnds() async throws {
    let transport = mirror(W3CTracer(exporter: ring))
    func open() -> any ClientStream {
      transport.open(Self.stream, request: nil, metadata: [:], options: CallOptions())
    }
    func codes() -> [String?] { ring.drain().spans.map(\.status?.message) }
    let failed = open()
    try await failed.write([], compressed: nil)
    for _ in 1...2 { await #expect(throws: RPCError.self) { _ = try await failed.next() } }
    failed.cancel()
    #expect(codes() == ["ABORTED"])
    open().cancel()
    #expect(codes() == ["CANCELLED"])
    _ = open()
    #expect(codes() == ["CANCELLED"])
    var refused: (any ClientStream)? = open()
    await #expect(throws: RPCError.self) {
      while true { try await refused?.write([], compressed: nil) }
    }
    refused = nil
    #expect(codes() == ["ABORTED"])
    let headless = open()
    try await headless.write([], compressed: nil)
    await #expect(throws: RPCError.self) { _ = try await headless.metadata() }
    #expect(codes() == ["ABORTED"])
  }

  @Test("without a tracer a client's stream hands the trace on unchanged")
  func forwardedStream() async throws {
    let seen = Seen()
    let transport = mirror(NoOpTracer(), seen)
    let trace = try #require(TraceContext(traceparent: Self.parent, tracestate: nil))
    var context = ServiceContext.topLevel
    context.traceContext = trace
    for context in [context, .topLevel] {
      let stream = ServiceContext.withValue(context) {
        transport.open(Self.stream, request: nil, metadata: [:], options: CallOptions())
      }
      stream.finish()
      #expect(try await stream.next() == nil)
      let expected = context.traceContext == nil ? nil : Self.parent
      #expect(seen.metadata.withLock { $0["traceparent"] } == expected)
    }
  }

  @Test("each message of a stream is an event, numbered on each side")
  func streams() async throws {
    let seen = Seen()
    let sink = KeptResponses()
    let call = ServerCall(
      method: Self.stream, requestMetadata: ["traceparent": .string(Self.parent)],
      peer: PeerIdentity(address: "test"), startedAt: .now)
    try await TracingInterceptor(tracer: W3CTracer(exporter: ring)).intercept(
      requests: RawRequests(GivenRequests([[1], [2, 2]])), responses: RawResponses(sink),
      call: call
    ) { requests, responses, _ in
      seen.context.withLock { $0 = ServiceContext.current?.traceContext }
      for try await request in requests { try await responses.write(request + [9]) }
    }
    #expect(sink.kept.withLock { $0 } == [[1, 9], [2, 2, 9]])
    let span = try #require(ring.drain().spans.first)
    #expect(span.name == "Recv.p.S.Chat")
    #expect(
      span.events.map { "\($0.name) \($0.number("sequence-number")) \($0.number("message-size"))" }
        == [
          "Inbound message 0 1", "Outbound message 0 2", "Inbound message 1 2",
          "Outbound message 1 3",
        ])
    #expect(seen.context.withLock { $0 } == span.context)
  }

  @Test("without a tracer a stream's handler has the trace, and its failure is told")
  func streamsForward() async throws {
    let seen = Seen()
    let call = ServerCall(
      method: Self.stream, requestMetadata: ["traceparent": .string(Self.parent)],
      peer: PeerIdentity(address: "test"), startedAt: .now)
    for tracer in [NoOpTracer(), W3CTracer(exporter: ring)] as [any Tracer] {
      await #expect(throws: RPCError.self) {
        try await TracingInterceptor(tracer: tracer).intercept(
          requests: RawRequests(GivenRequests([])), responses: RawResponses(KeptResponses()),
          call: call
        ) { _, _, _ in
          seen.context.withLock { $0 = ServiceContext.current?.traceContext }
          throw RPCError(.aborted, "")
        }
      }
      let traceID = seen.context.withLock { $0?.traceID.description }
      #expect(traceID == "0123456789abcdef0fedcba987654321")
    }
    #expect(ring.drain().spans.map(\.status?.message) == ["ABORTED"])
  }
}

extension SpanEvent {
  fileprivate func number(_ name: String) -> Int64 {
    if case .int64(let value) = attributes.get(name) { return value }
    return -1
  }
}

/// Requests that are there already.
private final class GivenRequests: RequestSource {
  private let rest: Mutex<[[UInt8]]>

  init(_ requests: [[UInt8]]) { rest = Mutex(requests) }

  func next() async throws -> [UInt8]? {
    rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// Responses kept for the test.
private final class KeptResponses: ResponseSink {
  let kept = Mutex<[[UInt8]]>([])

  func sendHeaders() async throws {}

  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    var message: [UInt8] = []
    try encode(&message)
    kept.withLock { $0.append(message) }
  }
}
