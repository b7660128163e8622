internal import RPCCore
internal import Synchronization

/// Where one task at a time waits for something to change.
///
/// A change that comes while nobody waits is kept for whoever waits next, so that nobody misses the one between
/// looking and waiting; it follows that a wait may end without anything having changed.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    /// Counts the waits, so that a cancellation that comes late ends none but its own.
    var turn: UInt64 = 0
    var waiting: (turn: UInt64, continuation: CheckedContinuation<Void, any Error>)?
  }

  private let state = Mutex(State())
  private let conflict: String

  /// - Parameter conflict: what is wrong when two tasks want to wait
  init(conflict: String) { self.conflict = conflict }

  /// Something has changed.
  func raise() {
    let waiting = state.withLock { state in
      let waiting = state.waiting?.continuation
      state.waiting = nil
      state.isRaised = waiting == nil
      return waiting
    }
    // Outside the lock: what resumes may run at once.
    waiting?.resume()
  }

  /// Waits until something has changed.
  ///
  /// - Throws: `CancellationError` when the task is cancelled; INTERNAL when another task waits
  func wait() async throws {
    let turn = state.withLock { state in
      state.turn += 1
      return state.turn
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if let end = begin(turn, continuation) { continuation.resume(with: end) }
      }
    } onCancel: {
      cancel(turn)
    }
  }

  /// Begins a wait, or says how it has ended.
  private func begin(
    _ turn: UInt64, _ continuation: CheckedContinuation<Void, any Error>
  ) -> Result<Void, any Error>? {
    state.withLock { state in
      if state.waiting != nil { return .failure(RPCError(.internal, conflict)) }
      // Asked with the lock held: a cancellation that comes later finds the wait.
      if Task.isCancelled { return .failure(CancellationError()) }
      if state.isRaised {
        state.isRaised = false
        return .success(())
      }
      state.waiting = (turn, continuation)
      return nil
    }
  }

  private func cancel(_ turn: UInt64) {
    let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard let waiting = state.waiting, waiting.turn == turn else { return nil }
      state.waiting = nil
      return waiting.continuation
    }
    waiting?.resume(throwing: CancellationError())
  }
}
