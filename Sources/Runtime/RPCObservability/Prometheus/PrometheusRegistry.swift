public import Metrics
internal import Synchronization

/// A backend of swift-metrics that can be asked for everything as Prometheus text.
///
/// Making a metric takes a lock, recording takes none: make each once and keep it. The number of
/// samples is bounded; who asks for more gets a metric that records nothing, and
/// `pasarela_metrics_refused_total` counts how often that was.
///
/// ```swift
/// let registry = PrometheusRegistry(descriptions: CallMetrics.descriptions)
/// MetricsSystem.bootstrap(registry)
/// ```
public final class PrometheusRegistry: MetricsFactory {
  /// Bounds of histograms that nobody described: for times from milliseconds to seconds.
  static let defaultBounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100,
  ]

  private let descriptions: [String: MetricDescription]
  private let sampleCountMax: Int
  private let state = Mutex(State())

  private struct State {
    var families: [String: Family] = [:]
    var sampleCount = 0
    var refusedCount = 0
    var collectors: [@Sendable () -> Void] = []
  }

  private struct Family {
    var kind: Kind
    var help: String
    var bounds: HistogramBounds?
    var series: [String: any Instrument] = [:]

    /// Lines that one series takes.
    var sampleCount: Int { bounds.map { $0.bounds.count + 3 } ?? 1 }
  }

  private enum Kind {
    case counter, floatingPointCounter, gauge, recorder, timer

    var isCounter: Bool { self == .counter || self == .floatingPointCounter }
    var isHistogram: Bool { self == .recorder || self == .timer }
    var text: String { isCounter ? "counter" : isHistogram ? "histogram" : "gauge" }
  }

  /// A registry without metrics.
  ///
  /// - Parameters:
  ///   - descriptions: units, buckets and texts of the metrics that have any
  ///   - sampleCountMax: lines with a number that a scrape may have; a histogram takes one for each
  ///     bucket and three more
  public init(descriptions: [MetricDescription] = [], sampleCountMax: Int = 100_000) {
    self.descriptions = Dictionary(descriptions.map { ($0.label, $0) }) { first, _ in first }
    self.sampleCountMax = sampleCountMax
  }

  /// Has `collect` called before each scrape, to bring up to date what nobody else records.
  ///
  /// It runs on the thread of the scrape.
  public func addCollector(_ collect: @escaping @Sendable () -> Void) {
    state.withLock { $0.collectors.append(collect) }
  }

  /// All metrics in the text format 0.0.4, by name, as UTF-8.
  public func text() -> [UInt8] {
    for collect in state.withLock({ $0.collectors }) { collect() }
    let (families, refusedCount) = state.withLock { ($0.families, $0.refusedCount) }
    var text = PrometheusText()
    for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
      text.head(name, type: family.kind.text, help: family.help)
      for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
        instrument.appendSamples(to: &text, name: name, labels: labels)
      }
    }
    let refused = "pasarela_metrics_refused_total"
    text.head(
      refused, type: "counter",
      help: "Metrics asked for and not kept: too many, or the name is another kind's.")
    text.sample(refused, labels: "", value: Double(refusedCount))
    return text.bytes
  }

  // MARK: MetricsFactory

  /// See swift-metrics, as for all that follow.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    find(label, dimensions, .counter) { _ in CounterInstrument() } ?? RefusedInstrument()
  }

  /// A counter that keeps fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    find(label, dimensions, .floatingPointCounter) { _ in FloatingPointCounterInstrument() }
      ?? RefusedInstrument()
  }

  /// A gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    find(label, dimensions, .gauge) { _ in GaugeInstrument() } ?? RefusedInstrument()
  }

  /// A histogram, or a gauge when it does not aggregate.
  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    if aggregate {
      return find(label, dimensions, .recorder, HistogramInstrument.init) ?? RefusedInstrument()
    }
    return find(label, dimensions, .gauge) { _ in GaugeInstrument() } ?? RefusedInstrument()
  }

  /// A histogram in seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    find(label, dimensions, .timer, HistogramInstrument.init) ?? RefusedInstrument()
  }

  /// Forgets it: the next scrape has no line of it, and its place is free.
  public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  /// Likewise.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    remove(handler)
  }
  /// Likewise.
  public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  /// Likewise.
  public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  /// Likewise.
  public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  // MARK: Families

  /// The series of this name and these labels, made if there is none; nil when there is no room, or the
  /// name is another kind's.
  private func find<Made: Instrument>(
    _ label: String, _ dimensions: [(String, String)], _ kind: Kind,
    _ make: (HistogramBounds) -> Made
  ) -> Made? {
    let description = descriptions[label]
    let unit = description?.unit ?? (kind == .timer ? .seconds : .none)
    let name = PrometheusName.metric(label, unit: unit, isCounter: kind.isCounter)
    let labels = PrometheusName.labels(dimensions)
    return state.withLock { state -> Made? in
      // In place throughout: a family that is taken out of the dictionary is copied with all its series.
      if state.families[name]?.kind == kind,
        let known = state.families[name]?.series[labels] as? Made
      {
        return known
      }
      let bounds = state.families[name]?.bounds ?? bounds(of: description, kind)
      let family = Family(kind: kind, help: description?.help ?? "", bounds: bounds)
      let sampleCount = state.sampleCount + family.sampleCount
      guard state.families[name, default: family].kind == kind, sampleCount <= sampleCountMax else {
        state.refusedCount += 1
        return nil
      }
      let made = make(bounds ?? HistogramBounds([], countPerUnit: 1))
      state.families[name, default: family].series[labels] = made
      state.sampleCount = sampleCount
      return made
    }
  }

  private func bounds(of description: MetricDescription?, _ kind: Kind) -> HistogramBounds? {
    guard kind.isHistogram else { return nil }
    return HistogramBounds(
      description?.bounds ?? Self.defaultBounds, countPerUnit: kind == .timer ? 1e9 : 1)
  }

  private func remove(_ handler: AnyObject) {
    state.withLock { state in
      for (name, family) in state.families {
        guard let labels = family.series.first(where: { $0.value === handler })?.key else {
          continue
        }
        state.families[name]?.series[labels] = nil
        // Names come from code, but one that is gone must not stay for ever either.
        if family.series.count == 1 { state.families[name] = nil }
        state.sampleCount -= family.sampleCount
        return
      }
    }
  }
}
