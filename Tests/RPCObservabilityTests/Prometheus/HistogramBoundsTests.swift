import Testing

@testable import RPCObservability

@Suite("buckets of a histogram")
struct HistogramBoundsTests {
  @Test("gRPC's bounds are those of A66")
  func published() {
    let latency =
      "0 1e-05 5e-05 0.0001 0.0003 0.0006 0.0008 0.001 0.002 0.003 0.004 0.005 0.006 0.008 0.01 "
      + "0.013 0.016 0.02 0.025 0.03 0.04 0.05 0.065 0.08 0.1 0.13 0.16 0.2 0.25 0.3 0.4 0.5 0.65 "
      + "0.8 1 2 5 10 20 50 100"
    let size =
      "0 1024 2048 4096 16384 65536 262144 1048576 4194304 16777216 67108864 268435456 "
      + "1073741824 4294967296"
    #expect(
      MetricDescription.latencyBounds.map(PrometheusText.number).joined(separator: " ") == latency)
    #expect(
      MetricDescription.sizeBounds.map(PrometheusText.number).joined(separator: " ") == size)
  }

  @Test("each bound is in its own bucket, and one more is in the next")
  func bothSides() {
    let timer = HistogramBounds(MetricDescription.latencyBounds, countPerUnit: 1e9)
    for (index, bound) in MetricDescription.latencyBounds.enumerated() {
      let nanoseconds = Int64((bound * 1e9).rounded())
      #expect(timer.bucket(of: nanoseconds) == index, "\(bound) s")
      #expect(timer.bucket(of: nanoseconds + 1) == index + 1, "\(bound) s and a bit")
      #expect(timer.bucket(of: bound) == index)
      #expect(timer.bucket(of: bound.nextUp) == index + 1)
    }
    let sizes = HistogramBounds(MetricDescription.sizeBounds, countPerUnit: 1)
    for (index, bound) in MetricDescription.sizeBounds.enumerated() {
      #expect(sizes.bucket(of: Int64(bound)) == index)
      #expect(sizes.bucket(of: Int64(bound) + 1) == index + 1)
    }
  }

  @Test("the short way finds what looking at every bound finds", arguments: 1...20)
  func short(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let bounds = Set((0..<20).map { _ in Double(Int64(generator.next() % 100_000)) - 1000 })
      .sorted()
    let histogram = HistogramBounds(bounds, countPerUnit: 1)
    for _ in 0..<1000 {
      let value =
        Int64(bitPattern: generator.next()) >> Int64(generator.next() % 64)
      let slow = bounds.firstIndex { Double(value) <= $0 } ?? bounds.count
      #expect(histogram.bucket(of: value) == slow, "\(value) in \(bounds), seed \(seed)")
    }
    #expect(histogram.bucket(of: Int64.min) == 0)
    #expect(histogram.bucket(of: Int64.max) == bounds.count)
  }

  @Test("fractions as bounds hold whole numbers below them, and no bounds hold all")
  func odd() {
    let halves = HistogramBounds([-0.5, 0.5, 1.5], countPerUnit: 1)
    #expect([-1, 0, 1, 2].map { halves.bucket(of: Int64($0)) } == [0, 1, 2, 3])
    #expect(HistogramBounds([], countPerUnit: 1).bucket(of: Int64(5)) == 0)
  }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
