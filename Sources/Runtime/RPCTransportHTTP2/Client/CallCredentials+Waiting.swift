internal import RPCCore
internal import Synchronization

extension CallCredentials {
  /// The metadata for one call, whose time passes while it is made.
  ///
  /// A maker that does not hear of its cancellation goes on by itself, and what it makes is nobody's.
  func metadata(
    for request: Request, before deadline: Deadline?
  ) async throws(RPCError) -> Metadata {
    let answer = FirstAnswer()
    let making = Task {
      do throws(RPCError) {
        answer.give(.success(try await metadata(for: request)))
      } catch {
        answer.give(.failure(error))
      }
    }
    let timing = deadline.map { deadline in
      Task {
        try await Task.sleep(until: deadline.instant, clock: .continuous)
        answer.give(.failure(.deadlinePassed(" before there were credentials")))
      }
    }
    defer {
      making.cancel()
      timing?.cancel()
    }
    return try await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      answer.give(.failure(.cancelled))
    }.get()
  }
}

/// What the first of several had to say, for the one who waits for it.
private final class FirstAnswer: Sendable {
  typealias Answer = Result<Metadata, RPCError>

  private enum State {
    case open
    case awaited(CheckedContinuation<Answer, Never>)
    case given(Answer)
  }

  private let state = Mutex(State.open)

  func give(_ answer: Answer) {
    let waiter = state.withLock { state -> CheckedContinuation<Answer, Never>? in
      let before = state
      if case .given = before { return nil }
      state = .given(answer)
      if case .awaited(let waiter) = before { return waiter }
      return nil
    }
    waiter?.resume(returning: answer)
  }

  var value: Answer {
    get async {
      await withCheckedContinuation { waiter in
        let given = state.withLock { state -> Answer? in
          if case .given(let answer) = state { return answer }
          state = .awaited(waiter)
          return nil
        }
        if let given { waiter.resume(returning: given) }
      }
    }
  }
}
