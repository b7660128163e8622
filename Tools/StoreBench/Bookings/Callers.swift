import Synchronization

/// Callers that work at once, each making its next call as soon as the last is answered.
struct Callers {
  let count: Int

  /// What was measured.
  struct Measured {
    var count: Int
    var seconds: Double
    /// How long each took, sorted.
    var durations: [Duration]

    var perSecond: Double { Double(count) / seconds }

    /// The time within which this share was done.
    func duration(_ share: Double) -> Duration {
      durations[min(durations.count - 1, Int(Double(durations.count) * share))]
    }
  }

  /// Has everything from 0 up to `end` done once.
  func work(_ end: Int, _ work: @escaping @Sendable (Int) async throws -> Void) async throws
    -> Measured
  {
    let counter = Counter()
    let start = ContinuousClock.now
    let durations = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for _ in 0..<count {
        group.addTask {
          var durations: [Duration] = []
          while true {
            guard let number = counter.take(below: end) else { return durations }
            let begin = ContinuousClock.now
            try await work(number)
            durations.append(begin.duration(to: .now))
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    return Measured(
      count: end, seconds: start.duration(to: .now) / .seconds(1), durations: durations.sorted())
  }
}

/// Hands out numbers.
private final class Counter: Sendable {
  private let next = Atomic(0)

  func take(below end: Int) -> Int? {
    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < end ? number : nil
  }
}
