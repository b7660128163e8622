import Foundation
import RPCCore

/// What the answers to pings took, in all.
struct PingTimes {
  private var times: [Duration] = []
  private var failureCount = 0
  /// Why the last ping that got no answer got none.
  private(set) var lastFailure: RPCError?

  /// Counts an answer.
  mutating func add(_ time: Duration) { times.append(time) }

  /// Counts a ping without one.
  mutating func fail(_ error: RPCError) {
    failureCount += 1
    lastFailure = error
  }

  /// One line for people.
  var summary: String {
    let counts = "\(times.count + failureCount) sent, \(times.count) answered"
    guard let least = times.min(), let most = times.max() else { return counts }
    let shown = [least, average, percentile(99), most].map(Self.milliseconds)
    return "\(counts), min/avg/p99/max \(shown.joined(separator: "/")) ms"
  }

  /// The same for programs, in milliseconds.
  func tree(connecting: Duration) -> JSONTree {
    .members([
      "sent": .word("\(times.count + failureCount)"), "answered": .word("\(times.count)"),
      "connectMs": .word(Self.milliseconds(connecting)),
      "minMs": times.min().map { .word(Self.milliseconds($0)) },
      "avgMs": times.isEmpty ? nil : .word(Self.milliseconds(average)),
      "p99Ms": times.isEmpty ? nil : .word(Self.milliseconds(percentile(99))),
      "maxMs": times.max().map { .word(Self.milliseconds($0)) },
    ])
  }

  private var average: Duration { times.reduce(.zero, +) / max(1, times.count) }

  /// The least time that so many of a hundred took no longer than.
  private func percentile(_ percent: Int) -> Duration {
    let sorted = times.sorted()
    return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
  }

  /// Milliseconds with three digits behind the point.
  static func milliseconds(_ time: Duration) -> String {
    let (seconds, attoseconds) = time.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    return String(format: "%lld.%03lld", microseconds / 1_000, microseconds % 1_000)
  }
}
