internal import NIOCore
internal import RPCCore

/// Where one task at a time waits for something to happen on an event loop.
final class Waiter: @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  private let eventLoop: any EventLoop
  private let conflict: StaticString
  private var continuation: CheckedContinuation<Void, any Error>?
  /// There is one. Looking at itself costs a reference.
  private var isTaken = false
  /// Counts the waits, so that a cancellation that comes late ends none but its own.
  private var turn: UInt64 = 0

  /// - Parameter conflict: what is wrong when two tasks want to wait
  init(eventLoop: any EventLoop, conflict: StaticString) {
    self.eventLoop = eventLoop
    self.conflict = conflict
  }

  /// Throws when a task waits.
  func checkIsFree() throws(RPCError) {
    if isTaken { throw RPCError(.internal, "\(conflict)") }
  }

  /// Waits until `wake`. Called on the loop.
  ///
  /// - Throws: what `wake` is given; `CancellationError` when the task is cancelled
  func wait() async throws {
    try checkIsFree()
    turn += 1
    let turn = turn
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          self.continuation = continuation
          isTaken = true
        }
      }
    } onCancel: {
      eventLoop.execute { [self] in
        if turn == self.turn { wake(throwing: CancellationError()) }
      }
    }
  }

  /// Ends the wait, if there is one.
  func wake(throwing error: (any Error)? = nil) {
    guard let continuation else { return }
    self.continuation = nil
    isTaken = false
    if let error { continuation.resume(throwing: error) } else { continuation.resume() }
  }
}
