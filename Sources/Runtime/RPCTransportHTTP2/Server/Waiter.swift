internal import NIOCore
internal import RPCCore

/// Where one task at a time waits for something to happen on an event loop.
final class Waiter: @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  private let eventLoop: any EventLoop
  private var continuation: CheckedContinuation<Void, any Error>?
  /// Counts the waits, so that a cancellation that comes late ends none but its own.
  private var turn: UInt64 = 0

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Waits until `wake`. Called on the loop.
  ///
  /// - Parameter conflict: what is wrong when another task waits here
  /// - Throws: what `wake` is given; `CancellationError` when the task is cancelled
  func wait(conflict: StaticString) async throws {
    guard continuation == nil else { throw RPCError(.internal, "\(conflict)") }
    turn += 1
    let turn = turn
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          self.continuation = continuation
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
    if let error { continuation.resume(throwing: error) } else { continuation.resume() }
  }
}
