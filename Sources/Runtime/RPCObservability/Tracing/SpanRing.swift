internal import Synchronization

/// Keeps the last spans in memory, for whoever sends them on or looks at them.
public final class SpanRing: SpanExporter {
  private let countMax: Int
  private let state = Mutex(State())

  private struct State {
    var spans: [FinishedSpan] = []
    // Where the oldest is, once the ring is full.
    var first = 0
    var droppedCount = 0
  }

  /// A ring for `countMax` spans, at least one.
  public init(countMax: Int = 1024) {
    precondition(countMax > 0, "a ring has room for a span")
    self.countMax = countMax
  }

  /// Keeps it, in the place of the oldest when all are taken.
  public func export(_ span: FinishedSpan) {
    state.withLock { state in
      if state.spans.count < countMax { return state.spans.append(span) }
      state.spans[state.first] = span
      state.first = (state.first + 1) % countMax
      state.droppedCount += 1
    }
  }

  /// What is kept, oldest first, and how many had to give way since the last time; then it is empty.
  public func drain() -> (spans: [FinishedSpan], droppedCount: Int) {
    state.withLock { state in
      let spans = Array(state.spans[state.first...] + state.spans[..<state.first])
      defer { state = State() }
      return (spans, state.droppedCount)
    }
  }
}
