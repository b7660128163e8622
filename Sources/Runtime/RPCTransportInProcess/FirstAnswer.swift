internal import RPCCore
internal import Synchronization

/// A place where several may put an answer and one waits for it; only the first counts.
final class FirstAnswer: Sendable {
  typealias Answer = Result<RawResponse, RPCError>

  private enum State {
    case empty
    case awaited(CheckedContinuation<Answer, Never>)
    case given(Answer)
  }

  private let state = Mutex(State.empty)

  /// Puts an answer there, unless there is one.
  func give(_ answer: Answer) {
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
  var value: Answer {
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

  /// The first of three: what `work` answers, the deadline, the caller's cancellation.
  static func of(
    deadline: Deadline?, _ work: @escaping @Sendable () async throws(RPCError) -> RawResponse
  ) async -> Answer {
    let answer = FirstAnswer()
    // Not children of this task: a caller does not wait for a handler that overstays its deadline, just
    // as it does not on the wire.
    let working = Task.detached {
      do throws(RPCError) {
        answer.give(.success(try await work()))
      } catch {
        answer.give(.failure(error))
      }
    }
    let timing = deadline.map { deadline in
      Task.detached {
        if await deadline.comes() { answer.give(.failure(.deadlinePassed)) }
      }
    }
    defer {
      working.cancel()
      timing?.cancel()
    }
    return await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      answer.give(.failure(.cancelled))
    }
  }
}

extension Deadline {
  /// Waits for it; false when the task was cancelled before.
  func comes() async -> Bool {
    do {
      try await Task.sleep(until: instant, clock: .continuous)
      return true
    } catch {
      return false
    }
  }
}
