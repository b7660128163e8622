import Synchronization

/// Lets so many streams at once look at the store, and the others wait their turn: after every commit all of them want
/// to, and a store's connections are those of whoever calls as well.
///
/// Turns come in the order in which they were asked for, and are short. May be used from any thread.
final class LookLimit: Sendable {
  private struct State {
    var freeCount: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(countMax: Int) {
    state = Mutex(State(freeCount: countMax))
  }

  /// Waits for a turn; each is to be given back.
  func take() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.freeCount > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.freeCount -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  /// Gives a turn back, to who has waited longest.
  func giveBack() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.freeCount += 1
      return nil
    }
    next?.resume()
  }
}
