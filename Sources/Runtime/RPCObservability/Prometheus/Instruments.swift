internal import Metrics
internal import Synchronization

/// One series: a number, or the numbers of a histogram, under one name and one set of labels.
///
/// Any thread records; a scrape reads meanwhile. Each number is right by itself, and all of them are no
/// older than the scrape.
protocol Instrument: AnyObject, Sendable {
  /// Appends the sample lines.
  func appendSamples(to text: inout PrometheusText, name: String, labels: String)
}

/// A whole number that grows.
final class CounterInstrument: CounterHandler, Instrument {
  private let value = Atomic<Int64>(0)

  func increment(by amount: Int64) {
    if amount > 0 { value.wrappingAdd(amount, ordering: .relaxed) }
  }

  func reset() { value.store(0, ordering: .relaxed) }

  func appendSamples(to text: inout PrometheusText, name: String, labels: String) {
    text.sample(name, labels: labels, value: Double(value.load(ordering: .relaxed)))
  }
}

/// A fractional number that grows.
final class FloatingPointCounterInstrument: FloatingPointCounterHandler, Instrument {
  private let value = AtomicDouble()

  func increment(by amount: Double) {
    if amount > 0, amount.isFinite { value.add(amount) }
  }

  func reset() { value.store(0) }

  func appendSamples(to text: inout PrometheusText, name: String, labels: String) {
    text.sample(name, labels: labels, value: value.load())
  }
}

/// A number that goes up and down.
final class GaugeInstrument: MeterHandler, RecorderHandler, Instrument {
  private let value = AtomicDouble()

  func set(_ value: Int64) { self.value.store(Double(value)) }
  func set(_ value: Double) { self.value.store(value) }
  func increment(by amount: Double) { value.add(amount) }
  func decrement(by amount: Double) { value.add(-amount) }
  func record(_ value: Int64) { self.value.store(Double(value)) }
  func record(_ value: Double) { self.value.store(value) }

  func appendSamples(to text: inout PrometheusText, name: String, labels: String) {
    text.sample(name, labels: labels, value: value.load())
  }
}

/// How many recorded numbers fell into which bucket, and their sum.
///
/// Recording a whole number is two additions to memory.
final class HistogramInstrument: RecorderHandler, TimerHandler, Instrument {
  private let bounds: HistogramBounds
  private let counts = InlineArray<64, Atomic<UInt64>> { _ in Atomic(0) }
  // Whole numbers are summed without rounding. In nanoseconds it wraps after 292 years of calls, which
  // Prometheus takes for a restart.
  private let wholeSum = Atomic<Int64>(0)
  private let fractionalSum = AtomicDouble()

  init(_ bounds: HistogramBounds) {
    self.bounds = bounds
  }

  func recordNanoseconds(_ duration: Int64) { record(max(0, duration)) }

  func record(_ value: Int64) {
    counts[bounds.bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
    wholeSum.wrappingAdd(value, ordering: .relaxed)
  }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    counts[bounds.bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
    fractionalSum.add(value)
  }

  func appendSamples(to text: inout PrometheusText, name: String, labels: String) {
    var cumulative: UInt64 = 0
    let comma = labels.isEmpty ? "" : ","
    for (index, bound) in bounds.bounds.enumerated() {
      cumulative += counts[index].load(ordering: .relaxed)
      let le = "\(labels)\(comma)le=\"\(PrometheusText.number(bound))\""
      text.sample("\(name)_bucket", labels: le, value: Double(cumulative))
    }
    cumulative += counts[bounds.bounds.count].load(ordering: .relaxed)
    text.sample(
      "\(name)_bucket", labels: "\(labels)\(comma)le=\"+Inf\"", value: Double(cumulative))
    let sum =
      Double(wholeSum.load(ordering: .relaxed)) / bounds.countPerUnit + fractionalSum.load()
    text.sample("\(name)_sum", labels: labels, value: sum)
    text.sample("\(name)_count", labels: labels, value: Double(cumulative))
  }
}

/// What code gets that asks for more than a registry holds: it records nothing.
final class RefusedInstrument: CounterHandler, FloatingPointCounterHandler, MeterHandler,
  RecorderHandler, TimerHandler
{
  func increment(by: Int64) {}
  func increment(by: Double) {}
  func decrement(by: Double) {}
  func reset() {}
  func set(_: Int64) {}
  func set(_: Double) {}
  func record(_: Int64) {}
  func record(_: Double) {}
  func recordNanoseconds(_: Int64) {}
}

/// A `Double` that several threads add to.
struct AtomicDouble: ~Copyable, Sendable {
  private let bits = Atomic<UInt64>(0)

  func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  func add(_ amount: Double) {
    var known = bits.load(ordering: .relaxed)
    while true {
      let sum = (Double(bitPattern: known) + amount).bitPattern
      let (done, original) = bits.weakCompareExchange(
        expected: known, desired: sum, ordering: .relaxed)
      if done { return }
      known = original
    }
  }
}
