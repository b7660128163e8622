/// Attempts that wait their turn, the first come first.
///
/// One that ends while it waits stays in its place until it is passed over, or until most are such.
final class AttemptQueue {
  private var attempts: [ClientAttempt] = []
  private var start = 0
  private var endedCount = 0

  /// Attempts that still wait.
  var count: Int { attempts.count - start - endedCount }

  func append(_ attempt: ClientAttempt) {
    attempt.queue = self
    attempts.append(attempt)
  }

  /// The first that still waits, out of the queue.
  func popFirst() -> ClientAttempt? {
    while start < attempts.count {
      let attempt = attempts[start]
      start += 1
      if attempt.queue === self {
        attempt.queue = nil
        compact()
        return attempt
      }
      endedCount -= 1
    }
    compact()
    return nil
  }

  /// All that still wait, out of the queue.
  func takeAll() -> [ClientAttempt] {
    var taken: [ClientAttempt] = []
    taken.reserveCapacity(count)
    while let attempt = popFirst() { taken.append(attempt) }
    return taken
  }

  /// An attempt of this queue has ended.
  func remove(_ attempt: ClientAttempt) {
    attempt.queue = nil
    endedCount += 1
    guard endedCount > 64, endedCount > (attempts.count - start) / 2 else { return }
    attempts = attempts[start...].filter { $0.queue === self }
    start = 0
    endedCount = 0
  }

  private func compact() {
    if start == attempts.count {
      attempts.removeAll(keepingCapacity: true)
      start = 0
    } else if start >= 64, start * 2 > attempts.count {
      attempts.removeFirst(start)
      start = 0
    }
  }
}
