public import Metrics
internal import Synchronization

/// What operators ask of any process: memory, processor time, files, age.
///
/// The names are those of Prometheus' own client libraries, `process_…`.
public final class ProcessMetrics: Sendable {
  private let cpu: FloatingPointCounter
  private let resident: Gauge
  private let virtual: Gauge
  private let openDescriptors: Gauge
  private let descriptorsMax: Gauge
  private let start: Gauge
  private let countedCPUSeconds = Mutex(0.0)

  /// Makes the metrics; they have values once ``collect()`` was called.
  public init(factory: any MetricsFactory = MetricsSystem.factory) {
    cpu = FloatingPointCounter(label: "process.cpu", factory: factory)
    resident = Gauge(label: "process.resident_memory", factory: factory)
    virtual = Gauge(label: "process.virtual_memory", factory: factory)
    openDescriptors = Gauge(label: "process.open_fds", factory: factory)
    descriptorsMax = Gauge(label: "process.max_fds", factory: factory)
    start = Gauge(label: "process.start_time", factory: factory)
  }

  /// Records the facts of now: `registry.addCollector(metrics.collect)`.
  public func collect() {
    let facts = ProcessFacts.read()
    if let seconds = facts.cpuSeconds {
      countedCPUSeconds.withLock { counted in
        cpu.increment(by: max(0, seconds - counted))
        counted = max(counted, seconds)
      }
    }
    facts.residentByteCount.map { resident.record($0) }
    facts.virtualByteCount.map { virtual.record($0) }
    facts.openDescriptorCount.map { openDescriptors.record($0) }
    facts.descriptorCountMax.map { descriptorsMax.record($0) }
    facts.startSeconds.map { start.record($0) }
  }

  /// Units and texts, for a registry.
  public static let descriptions = [
    MetricDescription("process.cpu", unit: .seconds, help: "Processor time used."),
    MetricDescription("process.resident_memory", unit: .bytes, help: "Memory in use."),
    MetricDescription("process.virtual_memory", unit: .bytes, help: "Address space."),
    MetricDescription("process.open_fds", help: "File descriptors in use."),
    MetricDescription("process.max_fds", help: "File descriptors that may be in use."),
    MetricDescription(
      "process.start_time", unit: .seconds, help: "When the process started, since 1970."),
  ]
}
