internal import RPCCore

extension CallCredentials {
  /// The metadata for one call, whose time passes while it is made.
  ///
  /// A maker that does not hear of its cancellation goes on by itself, and what it makes is nobody's.
  func metadata(
    for request: Request, before deadline: Deadline?
  ) async throws(RPCError) -> Metadata {
    let answer = FirstAnswer<Metadata>()
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
