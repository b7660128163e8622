import Synchronization

/// A place where several may put an answer and one waits for it; only the first counts.
package final class FirstAnswer<Value: Sendable>: Sendable {
  package typealias Answer = Result<Value, RPCError>

  private enum State {
    case empty
    case awaited(CheckedContinuation<Answer, Never>)
    case given(Answer)
  }

  private let state = Mutex(State.empty)

  /// Without an answer yet.
  package init() {}

  /// Puts an answer there, unless there is one.
  package func give(_ answer: Answer) {
    let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
      switch state {
      case .empty:
        state = .given(answer)
        return nil
      case .awaited(let continuation):
        state = .given(answer)
        return continuation
      case .given:
        return nil
      }
    }
    // Outside the lock: what resumes may run at once.
    waiting?.resume(returning: answer)
  }

  /// The first answer; to be asked for once.
  package var value: Answer {
    get async {
      await withCheckedContinuation { continuation in
        let given = state.withLock { state -> Answer? in
          if case .given(let answer) = state { return answer }
          state = .awaited(continuation)
          return nil
        }
        if let given { continuation.resume(returning: given) }
      }
    }
  }
}
