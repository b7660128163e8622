import Logging
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing
import Tracing

@testable import RPCObservability

/// A server on HTTP/2 with all that watches it, a client that traces, and a scrape.
@Suite("a server that is watched")
struct WatchedServerTests {
  private static let method = MethodDescriptor(service: "p.S", method: "M", kind: .unary)

  private struct Service: RPCService {
    static let serviceName = "p.S"

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          WatchedServerTests.method,
          .unary { request, _ in
            if request.isEmpty { throw RPCError(.internal, "a secret of ours") }
            return request + request
          })
      ]
    }
  }

  @Test("metrics, log and traces tell of the same calls")
  func calls() async throws {
    let (ring, lines) = (SpanRing(), LogLines())
    let tracer = W3CTracer(exporter: ring)
    let registry = PrometheusRegistry(descriptions: CallMetrics.descriptions)
    let router = Router(
      services: [Service()], interceptors: [TracingInterceptor(tracer: tracer)])
    let observer = ServerObservers([
      CallMetrics(methods: router.methods, factory: registry),
      CallLog(logger: lines.logger(.text, level: .debug)),
    ])
    try await serve(router, observer) { endpoint in
      let channel = HTTP2Channel(endpoint: endpoint)
      let client = channel.intercepted(by: [ClientTracingInterceptor(tracer: tracer)])
      try await answered(client, "M", [1, 2, 3], .ok)
      try await answered(client, "M", [], .internal)
      for index in 0..<20 { try await answered(client, "Evil\(index)", [1], .unimplemented) }
      await channel.close()
    }
    // The server has ended, so everything is told.
    let said = String(decoding: registry.text(), as: UTF8.self)
    let ok = #"{grpc_method="p.S/M",grpc_status="OK"}"#
    for line in [
      #"grpc_server_call_started_total{grpc_method="p.S/M"} 2"#,
      #"grpc_server_call_started_total{grpc_method="other"} 20"#,
      "grpc_server_call_duration_seconds_count\(ok) 1",
      "grpc_server_call_rcvd_total_compressed_message_size_bytes_sum\(ok) 3",
      "grpc_server_call_sent_total_compressed_message_size_bytes_sum\(ok) 6",
      #"grpc_server_call_duration_seconds_count{grpc_method="other",grpc_status="UNIMPLEMENTED"} 20"#,
      #"pasarela_server_running_calls{grpc_method="p.S/M"} 0"#,
      #"pasarela_server_running_calls{grpc_method="other"} 0"#,
      "pasarela_server_open_connections 0", "pasarela_server_connections_total 1",
    ] {
      #expect(said.contains(line + "\n"), "\(line) in \(said)")
    }
    #expect(lines.lines.filter { $0.contains("grpc.method=other") }.count == 20)
    #expect(lines.lines.filter { $0.contains("level=warning") }.count == 1)
    for text in [said, lines.text] {
      for secret in ["Evil", "secret", "127.0.0.1"] { #expect(!text.contains(secret)) }
    }
    let spans = ring.drain().spans
    let received = spans.filter { $0.kind == .server }
    #expect(received.map(\.name) == ["Recv.p.S.M", "Recv.p.S.M"])
    for span in received {
      let sent = spans.first { $0.context.spanID == span.parentSpanID }
      #expect(sent?.context.traceID == span.context.traceID && sent?.name == "Sent.p.S.M")
    }
  }

  private func answered(
    _ transport: some ClientTransport, _ name: String, _ request: [UInt8], _ code: StatusCode
  ) async throws {
    let method = MethodDescriptor(service: "p.S", method: name, kind: .unary)
    var ended = StatusCode.ok
    do throws(RPCError) {
      _ = try await transport.unary(
        method, request: request, metadata: [:], options: CallOptions(timeout: .seconds(10)))
    } catch {
      ended = error.code
    }
    #expect(ended == code)
  }

  /// Runs `body` with the address of a server that `observer` watches.
  @concurrent
  private func serve(
    _ router: Router, _ observer: any ServerObserver,
    _ body: @Sendable (Endpoint) async throws -> Void
  ) async throws {
    let (addresses, bound) = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.eventLoopCount = 2
    configuration.shutdownGrace = .seconds(5)
    configuration.observer = observer
    configuration.onListening = { bound.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: router)
    let running = Task { try await server.run() }
    do {
      for await address in addresses {
        try await body(address)
        break
      }
    } catch {
      running.cancel()
      throw error
    }
    server.shutdownGracefully()
    try await running.value
  }
}
