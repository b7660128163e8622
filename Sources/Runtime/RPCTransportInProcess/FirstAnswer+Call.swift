internal import RPCCore

extension FirstAnswer<RawResponse> {
  /// The first of three: what `work` answers, the deadline, the caller's cancellation.
  static func of(
    deadline: Deadline?, _ work: @escaping @Sendable () async throws(RPCError) -> RawResponse
  ) async -> Answer {
    let answer = FirstAnswer<RawResponse>()
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
