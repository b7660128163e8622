import Metrics
import RPCCore
import Testing

@testable import RPCObservability

@Suite("metrics of calls")
struct CallMetricsTests {
  private static let known = MethodDescriptor(service: "p.S", method: "M", kind: .unary)
  private static let peer = PeerIdentity(address: "192.0.2.1:4")

  private let registry: PrometheusRegistry
  private let metrics: CallMetrics

  init() {
    registry = PrometheusRegistry(descriptions: CallMetrics.descriptions)
    metrics = CallMetrics(
      methods: (0..<40).map { Self.method("Q\($0)") } + [Self.known], factory: registry)
  }

  private static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: "p.S", method: name, kind: .unary)
  }

  private func call(
    _ method: MethodDescriptor?, _ code: StatusCode = .ok, microseconds: Int64 = 20,
    received: Int = 0, sent: Int = 0
  ) {
    metrics.callStarted(method)
    metrics.callEnded(
      ServerCallRecord(
        method: method, code: code, duration: .microseconds(microseconds),
        receivedByteCount: received, sentByteCount: sent))
  }

  private var lines: [String] {
    String(decoding: registry.text(), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("a call is counted, timed and weighed under gRPC's names")
  func names() {
    call(Self.known, microseconds: 51, received: 1024, sent: 1025)
    let both = #"grpc_method="p.S/M",grpc_status="OK""#
    let expected = [
      #"grpc_server_call_started_total{grpc_method="p.S/M"} 1"#,
      #"grpc_server_call_duration_seconds_bucket{\#(both),le="5e-05"} 0"#,
      #"grpc_server_call_duration_seconds_bucket{\#(both),le="0.0001"} 1"#,
      #"grpc_server_call_duration_seconds_count{\#(both)} 1"#,
      #"grpc_server_call_duration_seconds_sum{\#(both)} 5.1e-05"#,
      #"grpc_server_call_rcvd_total_compressed_message_size_bytes_bucket{\#(both),le="1024"} 1"#,
      #"grpc_server_call_sent_total_compressed_message_size_bytes_bucket{\#(both),le="1024"} 0"#,
      #"grpc_server_call_sent_total_compressed_message_size_bytes_bucket{\#(both),le="2048"} 1"#,
      #"grpc_server_call_sent_total_compressed_message_size_bytes_sum{\#(both)} 1025"#,
    ]
    let lines = lines
    for line in expected { #expect(lines.contains(line)) }
    #expect(lines.contains("# TYPE grpc_server_call_duration_seconds histogram"))
    #expect(lines.contains("# TYPE grpc_server_call_started_total counter"))
  }

  @Test("every code has its own series, and only those that came have one")
  func codes() {
    for code in 0...16 {
      for _ in 0...code { call(Self.known, StatusCode(rawValue: code)) }
    }
    call(Self.known, StatusCode(rawValue: 99))
    let counts = lines.filter {
      $0.hasPrefix("grpc_server_call_duration_seconds_count{grpc_method=\"p.S/M\"")
    }
    #expect(counts.count == 17)
    for code in 0...16 where code != 2 {
      let name = StatusCode(rawValue: code).name
      #expect(counts.contains { $0.hasSuffix("grpc_status=\"\(name)\"} \(code + 1)") }, "\(name)")
    }
    #expect(counts.contains { $0.hasSuffix("grpc_status=\"UNKNOWN\"} 4") })
    #expect(!lines.contains { $0.contains("p.S/Q1\",grpc_status") })
  }

  @Test("whatever callers call methods, there is one more series: other (attack T19)")
  func other() {
    call(nil, .unimplemented)
    let lineCount = lines.count
    for index in 0..<1000 { call(Self.method("Evil\(index)\n\""), .unimplemented) }
    call(nil, .unimplemented)
    #expect(lines.count == lineCount)
    #expect(lines.contains(#"grpc_server_call_started_total{grpc_method="other"} 1002"#))
    #expect(!lines.contains { $0.contains("Evil") })
  }

  @Test("a descriptor made anew is the same method")
  func anew() {
    call(Self.method("M"))
    #expect(lines.contains(#"grpc_server_call_started_total{grpc_method="p.S/M"} 1"#))
  }

  @Test("running calls and open connections rise and fall")
  func gauges() {
    let running = #"pasarela_server_running_calls{grpc_method="p.S/M"}"#
    #expect(lines.contains("\(running) 0"))
    metrics.callStarted(Self.known)
    metrics.callStarted(Self.known)
    metrics.connectionOpened(Self.peer)
    metrics.connectionOpened(Self.peer)
    metrics.connectionClosed(Self.peer, reason: "the client left")
    #expect(lines.contains("\(running) 2"))
    #expect(lines.contains("pasarela_server_open_connections 1"))
    #expect(lines.contains("pasarela_server_connections_total 2"))
    call(Self.known)
    #expect(lines.contains("\(running) 2"))
    #expect(!lines.contains { $0.contains("192.0.2.1") || $0.contains("the client left") })
  }

  @Test(
    "a duration is nanoseconds, rounded down and bounded",
    arguments: [
      (.zero, 0), (.nanoseconds(1), 1),
      (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
      (.seconds(9), 9_000_000_000), (.seconds(10), 10_000_000_000), (.seconds(Int64.max), .max),
    ] as [(Duration, Int64)])
  func durations(duration: Duration, nanoseconds: Int64) {
    #expect(duration.wholeNanoseconds == nanoseconds)
  }

  @Test("several observers are told as one, in their order")
  func several() {
    let second = PrometheusRegistry()
    let both = ServerObservers([metrics, CallMetrics(methods: [], factory: second)])
    both.callStarted(Self.known)
    both.connectionOpened(Self.peer)
    both.connectionClosed(Self.peer, reason: "")
    both.callEnded(
      ServerCallRecord(
        method: Self.known, code: .ok, duration: .zero, receivedByteCount: 0, sentByteCount: 0))
    #expect(lines.contains(#"grpc_server_call_started_total{grpc_method="p.S/M"} 1"#))
    let said = String(decoding: second.text(), as: UTF8.self)
    #expect(said.contains(#"grpc_server_call_started_total{grpc_method="other"} 1"#))
    #expect(said.contains("grpc_server_call_duration_seconds_count"))
    #expect(said.contains("pasarela_server_connections_total 1\n"))
  }
}
