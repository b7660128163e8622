import RPCPolicy
import Testing

@Suite("Backoff")
struct BackoffTests {
  @Test(
    "C6: connections are tried again after 1 s, then 1.6 times as long, up to 120 s, give or take a fifth"
  )
  func connection() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    var shortest = [Double](repeating: .infinity, count: 14)
    var longest = [Double](repeating: 0, count: 14)
    for _ in 0..<2000 {
      var backoff = Backoff.connection
      for index in shortest.indices {
        let share = backoff.next(using: &random) / .seconds(1)
        shortest[index] = min(shortest[index], share)
        longest[index] = max(longest[index], share)
      }
    }
    var nominal = 1.0
    for index in shortest.indices {
      // Every delay is within the jitter, and over two thousand draws all of it is used.
      #expect(shortest[index] >= nominal * 0.8 - 1e-9, "seed \(seed)")
      #expect(longest[index] <= nominal * 1.2 + 1e-9, "seed \(seed)")
      #expect(shortest[index] < nominal * 0.81, "seed \(seed)")
      #expect(longest[index] > nominal * 1.19, "seed \(seed)")
      nominal = min(nominal * 1.6, 120)
    }
    #expect(nominal == 120)
  }

  @Test("without jitter the lengths are exact, and a reset begins anew")
  func exact() {
    var random = SplitMix64(seed: 1)
    var backoff = Backoff(initial: .milliseconds(500), multiplier: 2, max: .seconds(3), jitter: 0)
    let first = (0..<4).map { _ in backoff.next(using: &random) }
    #expect(first == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(3)])
    backoff.reset()
    #expect(backoff.next(using: &random) == .milliseconds(500))
  }

  @Test("a first delay above the longest is the longest")
  func overlong() {
    var random = SplitMix64(seed: 1)
    var backoff = Backoff(initial: .seconds(9), multiplier: 1, max: .seconds(3), jitter: 0)
    #expect(backoff.next(using: &random) == .seconds(3))
  }

  @Test("the longest durations there are do not overflow")
  func extremes() {
    var random = SplitMix64(seed: 1)
    let longest = Duration.seconds(315_576_000_000)
    var backoff = Backoff(initial: longest, multiplier: 1e300, max: longest)
    for _ in 0..<5 { #expect(backoff.next(using: &random) <= longest * 1.2 + .seconds(1)) }
  }
}
