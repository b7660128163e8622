import RPCCore
import RPCPolicy
import Testing

@Suite("Outlier detection (gRFC A50)")
struct OutlierDetectorTests {
  private static var byFailures: OutlierDetectionConfig {
    var config = OutlierDetectionConfig()
    config.failurePercentage = FailurePercentageEjection()
    return config
  }

  private static var byRate: OutlierDetectionConfig {
    var config = OutlierDetectionConfig()
    config.successRate = SuccessRateEjection()
    return config
  }

  private func ready(
    _ count: Int, _ config: OutlierDetectionConfig, seed: UInt64 = 7
  ) -> BalancerScript {
    var script = BalancerScript(.roundRobin, outlierDetection: config, seed: seed)
    let actions = script.addresses(0..<count)
    #expect(actions.timer == config.interval)
    for number in 0..<count { _ = script.becomes(number, .ready) }
    return script
  }

  /// An interval in which each endpoint has so many calls, of which its share fails.
  private func interval(
    _ script: inout BalancerScript, _ failures: [Int: Int], count: Int, calls: Int = 100
  ) -> BalancerActions {
    for number in 0..<count {
      for call in 0..<calls {
        let code: StatusCode = call < failures[number] ?? 0 ? .unavailable : .ok
        script.balancer.callEnded(on: EndpointID(number), code: code, now: script.now)
      }
    }
    return script.fires(after: .seconds(10))
  }

  /// Who gets calls.
  private func served(_ script: inout BalancerScript, count: Int) -> Set<Int> {
    Set((0..<count * 2).compactMap { _ in script.picked() })
  }

  @Test(
    "an endpoint over the threshold of failures is left out, one at it is not",
    arguments: [(85, false), (86, true)])
  func threshold(failures: Int, isOut: Bool) {
    var script = ready(5, Self.byFailures)
    let actions = interval(&script, [2: failures], count: 5)
    #expect(actions == .of(.ready, timer: .seconds(10)))
    let served = served(&script, count: 5)
    #expect(served == (isOut ? [0, 1, 3, 4] : [0, 1, 2, 3, 4]))
  }

  @Test(
    "too few endpoints, or too few calls, are no ground to judge",
    arguments: [(5, 50, true), (4, 50, false), (5, 49, false)])
  func volume(count: Int, calls: Int, isOut: Bool) {
    var script = ready(count, Self.byFailures)
    _ = interval(&script, [0: calls], count: count, calls: calls)
    let served = served(&script, count: count)
    #expect(served.contains(0) != isOut)
  }

  @Test("an interval counts its own calls only")
  func buckets() {
    var script = ready(5, Self.byFailures)
    _ = interval(&script, [0: 30], count: 5, calls: 30)
    _ = interval(&script, [0: 30], count: 5, calls: 30)
    let served = served(&script, count: 5)
    #expect(served.count == 5)
  }

  @Test(
    "no more are left out than the share allows, but one always",
    arguments: [
      (5, 10, 1), (10, 10, 1), (20, 10, 2), (15, 10, 2), (10, 0, 1), (10, 50, 5), (10, 100, 8),
    ])
  func maxPercent(count: Int, percent: Int, outCount: Int) {
    var config = Self.byFailures
    config.maxEjectionPercent = percent
    var script = ready(count, config)
    // All but two fail all their calls.
    let failures = Dictionary(uniqueKeysWithValues: (2..<count).map { ($0, 100) })
    for _ in 0..<3 { _ = interval(&script, failures, count: count) }
    let served = served(&script, count: count)
    #expect(served.count == count - outCount)
  }

  @Test(
    "an ejection lasts the base time, the next one longer, and each interval outside shortens it")
  func times() {
    var config = Self.byFailures
    config.maxEjectionTime = .seconds(50)
    var script = ready(5, config)
    func intervalsOut(_ script: inout BalancerScript) -> Int {
      _ = interval(&script, [0: 100], count: 5)
      var count = 0
      while !served(&script, count: 5).contains(0), count < 100 {
        _ = interval(&script, [:], count: 5)
        count += 1
      }
      return count
    }
    let first = intervalsOut(&script)
    #expect(first == 3)
    // Thirty seconds more than the last, but fifty at most.
    let second = intervalsOut(&script)
    #expect(second == 5)
    for _ in 0..<2 { _ = interval(&script, [:], count: 5) }
    let afterPeace = intervalsOut(&script)
    #expect(afterPeace == 3)
  }

  @Test("an endpoint that is left out comes back ready, without a state of its own")
  func uneject() {
    var script = ready(5, Self.byFailures)
    _ = interval(&script, [0: 100], count: 5)
    _ = script.becomes(0, .idle)
    _ = script.becomes(0, .ready)
    let during = served(&script, count: 5)
    #expect(!during.contains(0))
    for _ in 0..<3 { _ = script.fires(after: .seconds(10)) }
    let after = served(&script, count: 5)
    #expect(after.contains(0))
  }

  @Test(
    "by success rate, who is far below the mean is left out, and who is a little below is not",
    arguments: [(6, true), (0, false)])
  func successRate(failures: Int, isOut: Bool) {
    // Nine endpoints fail none to two of a hundred, the tenth more than all of them, or as they do.
    var script = ready(10, Self.byRate)
    var rates = Dictionary(uniqueKeysWithValues: (0..<9).map { ($0, $0 % 3) })
    rates[9] = failures
    _ = interval(&script, rates, count: 10)
    let served = served(&script, count: 10)
    #expect(served.contains(9) != isOut)
    #expect(served.count == (isOut ? 9 : 10))
  }

  @Test("when all fail alike nobody is an outlier by rate")
  func alike() {
    var script = ready(10, Self.byRate)
    _ = interval(&script, Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, 60) }), count: 10)
    let served = served(&script, count: 10)
    #expect(served.count == 10)
  }

  @Test("enforcement leaves out its share of the outliers", arguments: [0, 30, 100])
  func enforcement(percent: Int) {
    var config = Self.byFailures
    config.failurePercentage?.enforcementPercentage = percent
    var outCount = 0
    for seed in 0..<300 {
      var script = ready(5, config, seed: UInt64(seed))
      _ = interval(&script, [0: 100], count: 5)
      if !served(&script, count: 5).contains(0) { outCount += 1 }
    }
    // Five standard deviations around the share; none around none and all.
    let share = Double(percent) / 100
    let tolerance = 5 * (300 * share * (1 - share)).squareRoot()
    #expect(abs(Double(outCount) - 300 * share) <= tolerance, "\(outCount)")
  }

  @Test("when all that are connected are left out, calls fail")
  func allOut() {
    var config = Self.byFailures
    config.failurePercentage?.minimumHosts = 1
    var script = ready(1, config)
    let actions = interval(&script, [0: 100], count: 1)
    #expect(actions.state == .transientFailure)
    for _ in 0..<2 { _ = script.fires(after: .seconds(10)) }
    let back = script.fires(after: .seconds(10))
    #expect(back.state == .ready)
  }

  @Test("records outlast a new list, and go with their endpoint")
  func newList() {
    var script = ready(5, Self.byFailures)
    _ = interval(&script, [0: 100], count: 5)
    let changed = script.addresses(0..<6)
    #expect(changed.timer == nil)
    let still = served(&script, count: 6)
    #expect(!still.contains(0))
    _ = script.addresses(1..<6)
    _ = script.addresses(0..<6)
    _ = script.becomes(0, .ready)
    let fresh = served(&script, count: 6)
    #expect(fresh.contains(0))
    script.balancer.callEnded(on: EndpointID(99), code: .unavailable, now: script.now)
    let none = script.addresses([])
    #expect(none.cancelTimer)
  }

  @Test("pick_first, and a config without a judgement, set no timer")
  func inactive() {
    var first = BalancerScript(
      .pickFirst(shufflesAddresses: false), outlierDetection: Self.byFailures)
    let one = first.addresses([1])
    #expect(one.timer == nil)
    var bare = BalancerScript(.roundRobin, outlierDetection: OutlierDetectionConfig())
    let two = bare.addresses([1])
    #expect(two.timer == nil)
  }

  @Test(
    "over an hour of seeded traffic a bad endpoint is mostly out, good ones mostly in, and the share holds"
  )
  func traffic() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var config = Self.byFailures
    config.successRate = SuccessRateEjection()
    config.maxEjectionPercent = 20
    var script = ready(10, config, seed: seed)
    var random = SplitMix64(seed: seed &+ 1)
    var out = [Int](repeating: 0, count: 10)
    for _ in 0..<360 {
      for _ in 0..<2000 {
        guard let number = script.picked() else { continue }
        let isFailure = Double.random(in: 0..<1, using: &random) < (number == 4 ? 0.95 : 0.02)
        script.balancer.callEnded(
          on: EndpointID(number), code: isFailure ? .internal : .ok, now: script.now)
      }
      _ = script.fires(after: .seconds(10))
      let served = served(&script, count: 10)
      #expect(served.count >= 8, "seed \(seed)")
      for number in 0..<10 where !served.contains(number) { out[number] += 1 }
    }
    #expect(out[4] > 300, "seed \(seed): \(out)")
    out.remove(at: 4)
    #expect(out.allSatisfy { $0 < 120 }, "seed \(seed): \(out)")
  }
}
