import Testing

@testable import RPCObservability

@Suite("names of Prometheus")
struct PrometheusNameTests {
  @Test(
    "a metric has its unit and a counter its _total, each once",
    arguments: [
      ("grpc.server.call.started", .none, true, "grpc_server_call_started_total"),
      ("grpc.server.call.duration", .seconds, false, "grpc_server_call_duration_seconds"),
      (
        "grpc.server.call.sent_total_compressed_message_size", .bytes, false,
        "grpc_server_call_sent_total_compressed_message_size_bytes"
      ),
      ("process.cpu", .seconds, true, "process_cpu_seconds_total"),
      ("already.seconds", .seconds, false, "already_seconds"),
      ("already_seconds_total", .seconds, true, "already_seconds_total"),
      ("a..b--c d", .none, false, "a_b_c_d"),
      ("a:b", .none, false, "a:b"),
      ("1st", .none, false, "_1st"),
      ("", .none, false, "_"),
      ("é\n{}", .none, false, "_"),
    ] as [(String, MetricDescription.Unit, Bool, String)])
  func metric(label: String, unit: MetricDescription.Unit, isCounter: Bool, name: String) {
    #expect(PrometheusName.metric(label, unit: unit, isCounter: isCounter) == name)
  }

  @Test(
    "labels are legal, sorted and escaped",
    arguments: [
      ([], ""),
      (
        [("grpc.status", "OK"), ("grpc.method", "p.S/M")], #"grpc_method="p.S/M",grpc_status="OK""#
      ),
      ([("a", "q\"b\\s\nn")], #"a="q\"b\\s\nn""#),
      ([("a.b", "2"), ("a-b", "1")], #"a_b="1;2""#),
      ([("le", "1"), ("a:b", "x")], #"a_b="x",dimension_le="1""#),
    ] as [([(String, String)], String)])
  func labels(dimensions: [(String, String)], text: String) {
    #expect(PrometheusName.labels(dimensions) == text)
  }

  @Test("a label's value is cut between characters, at its limit")
  func length() {
    let limit = PrometheusName.labelValueByteCountMax
    let full = String(repeating: "x", count: limit)
    #expect(PrometheusName.escapedValue(full) == full)
    #expect(PrometheusName.escapedValue(full + "y") == full)
    let cut = String(repeating: "x", count: limit - 1)
    #expect(PrometheusName.escapedValue(cut + "é") == cut)
  }

  @Test("a help text has its lines in one and its quotes as they are")
  func help() {
    #expect(PrometheusName.escapedHelp("a \"b\"\nc\\") == "a \"b\"\\nc\\\\")
  }
}
