import Metrics
import Testing

@testable import RPCObservability

/// The registry as code sees it: through swift-metrics.
@Suite("a registry for Prometheus")
struct PrometheusRegistryTests {
  @Test("every kind of metric is printed by name, with its head once")
  func golden() {
    let registry = PrometheusRegistry(descriptions: [
      MetricDescription("things.done", help: "What was done.\nAll of it."),
      MetricDescription("wait", unit: .seconds, bounds: [0.1, 1], help: "Time waited."),
      MetricDescription("size", unit: .bytes, bounds: [10], help: "How large."),
    ])
    Counter(label: "things.done", dimensions: [("kind", "a\"b")], factory: registry)
      .increment(by: 3)
    Counter(label: "things.done", dimensions: [("kind", "Z")], factory: registry).increment()
    FloatingPointCounter(label: "work", factory: registry).increment(by: 0.25)
    Gauge(label: "level", factory: registry).record(-1.5)
    let meter = Meter(label: "open", factory: registry)
    meter.increment(by: 3)
    meter.decrement()
    let wait = Timer(label: "wait", factory: registry)
    for milliseconds in [100, 101, 2000] { wait.recordMilliseconds(milliseconds) }
    let size = Recorder(label: "size", dimensions: [("to", "x")], factory: registry)
    size.record(10)
    size.record(10.5)
    #expect(
      text(registry) == """
        # TYPE level gauge
        level -1.5
        # TYPE open gauge
        open 2
        # HELP size_bytes How large.
        # TYPE size_bytes histogram
        size_bytes_bucket{to="x",le="10"} 1
        size_bytes_bucket{to="x",le="+Inf"} 2
        size_bytes_sum{to="x"} 20.5
        size_bytes_count{to="x"} 2
        # HELP things_done_total What was done.\\nAll of it.
        # TYPE things_done_total counter
        things_done_total{kind="Z"} 1
        things_done_total{kind="a\\"b"} 3
        # HELP wait_seconds Time waited.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="0.1"} 1
        wait_seconds_bucket{le="1"} 2
        wait_seconds_bucket{le="+Inf"} 3
        wait_seconds_sum 2.201
        wait_seconds_count 3
        # TYPE work_total counter
        work_total 0.25
        # HELP pasarela_metrics_refused_total Metrics asked for and not kept: too many, or the name is another kind's.
        # TYPE pasarela_metrics_refused_total counter
        pasarela_metrics_refused_total 0

        """)
  }

  @Test("the same name and labels are the same metric, in any order of the labels")
  func same() {
    let registry = PrometheusRegistry()
    Counter(label: "a.b", dimensions: [("x", "1"), ("y", "2")], factory: registry).increment()
    Counter(label: "a.b", dimensions: [("y", "2"), ("x", "1")], factory: registry).increment()
    #expect(text(registry).contains("a_b_total{x=\"1\",y=\"2\"} 2\n"))
  }

  @Test("a name that is another kind's records nothing and is counted")
  func clash() {
    let registry = PrometheusRegistry()
    Gauge(label: "a.b", factory: registry).record(1)
    Recorder(label: "a-b", factory: registry).record(5)
    #expect(text(registry).contains("a_b 1\n"))
    #expect(text(registry).contains("pasarela_metrics_refused_total 1\n"))
  }

  @Test("samples have a limit, which a destroyed metric makes room under")
  func limit() {
    let registry = PrometheusRegistry(
      descriptions: [MetricDescription("h", bounds: [1, 2], help: "")], sampleCountMax: 6)
    let first = Counter(label: "c", dimensions: [("n", "1")], factory: registry)
    let histogram = Recorder(label: "h", factory: registry)
    Counter(label: "c", dimensions: [("n", "2")], factory: registry).increment()
    let refused = Counter(label: "c", dimensions: [("n", "3")], factory: registry)
    // 1 + (2 + 3): six samples, so the second counter had no place.
    #expect(!text(registry).contains("n=\"2\""))
    #expect(text(registry).contains("pasarela_metrics_refused_total 2\n"))
    refused.increment()
    refused.destroy()
    histogram.destroy()
    first.destroy()
    Counter(label: "c", dimensions: [("n", "4")], factory: registry).increment()
    #expect(text(registry).contains("c_total{n=\"4\"} 1\n"))
    #expect(!text(registry).contains("h_bucket"))
    Gauge(label: "h", factory: registry).record(7)
    #expect(text(registry).contains("# TYPE h gauge\nh 7\n"))
    #expect(!text(registry).contains("n=\"1\""))
  }

  @Test("collectors run before each scrape")
  func collectors() {
    let registry = PrometheusRegistry()
    let counter = Counter(label: "scrapes", factory: registry)
    registry.addCollector { counter.increment() }
    #expect(text(registry).contains("scrapes_total 1\n"))
    #expect(text(registry).contains("scrapes_total 2\n"))
  }

  @Test("what is no number is not recorded, and counters never fall")
  func odd() {
    let registry = PrometheusRegistry(descriptions: [
      MetricDescription("h", bounds: [1], help: "")
    ])
    let histogram = Recorder(label: "h", factory: registry)
    histogram.record(Double.nan)
    histogram.record(Double.infinity)
    let counter = Counter(label: "c", factory: registry)
    counter.increment(by: 5)
    counter.increment(by: -3)
    Gauge(label: "g", factory: registry).record(Double.nan)
    Gauge(label: "i", factory: registry).record(-Double.infinity)
    Timer(label: "t", factory: registry).recordNanoseconds(-1)
    let said = text(registry)
    #expect(said.contains("h_count 0\n") && said.contains("c_total 5\n"))
    #expect(said.contains("g NaN\n") && said.contains("i -Inf\n"))
    #expect(said.contains("t_seconds_sum 0\n") && said.contains("t_seconds_count 1\n"))
  }

  @Test("threads that record and scrape at once lose nothing")
  func threads() async {
    let registry = PrometheusRegistry(descriptions: [
      MetricDescription("h", bounds: [100, 500], help: "")
    ])
    let histogram = Recorder(label: "h", factory: registry)
    let meter = Meter(label: "m", factory: registry)
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for value in 1...1000 {
            histogram.record(value)
            meter.increment(by: 0.5)
            if value % 100 == 0 { _ = registry.text() }
          }
        }
      }
    }
    let said = text(registry)
    #expect(said.contains("h_bucket{le=\"100\"} 400\n"))
    #expect(said.contains("h_bucket{le=\"500\"} 2000\n"))
    #expect(said.contains("h_sum 2002000\n"))
    #expect(said.contains("m 2000\n"))
  }

  private func text(_ registry: PrometheusRegistry) -> String {
    String(decoding: registry.text(), as: UTF8.self)
  }
}
