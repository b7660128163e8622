internal import Synchronization

/// A signal that is sent once and may be awaited before or after.
final class StopSignal: Sendable {
  private struct State {
    var isSent = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func send() {
    let waiting = state.withLock { state in
      state.isSent = true
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isSent = state.withLock { state in
        if !state.isSent { state.waiting = continuation }
        return state.isSent
      }
      if isSent { continuation.resume() }
    }
  }
}
