import Domain
import RPCCore
import Synchronization

/// Who watches, and how they are woken.
///
/// It holds no events: a watcher that wakes reads on from the store by itself, at its own pace. So a
/// wake-up may be one too many and may stand for several, but none is lost. Every member may be used
/// from any thread.
final class WatchBoard: Sendable {
  /// One stream that watches.
  struct Watcher: Sendable {
    let id: Int
    /// One wake-up or none waits. Ends with the board's watches or the reader's task.
    let wakeUps: AsyncStream<Void>
  }

  private struct Entry {
    var partner: PartnerID
    var kinds: Set<AggregateKind>
    var wake: AsyncStream<Void>.Continuation
  }

  private struct State {
    var watchers: [Int: Entry] = [:]
    var shares: [PartnerID: Int] = [:]
    var lastID = 0
    var bookmarkRound = 0
    var isEnded = false
  }

  let limits: WatchLimits
  /// Whose turn it is to look at the store.
  let looks: LookLimit
  /// Rung when there may be news; heard by ``Desk/tellWatchers(onFailure:)`` alone.
  let bell: AsyncStream<Void>
  private let ringer: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  init(limits: WatchLimits) {
    self.limits = limits
    looks = LookLimit(countMax: limits.lookCountMax)
    (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Says that something was committed, or that it is time to look.
  func ring() { ringer.yield() }

  /// Begins to watch; to be given back with ``remove(_:)``.
  ///
  /// - Parameter kinds: whose events it looks at
  /// - Throws: OVERLOADED over a limit; UNAVAILABLE once watches have ended.
  func add(for partner: PartnerID, of kinds: Set<AggregateKind>) throws -> Watcher {
    let (wakeUps, wake) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    return try state.withLock { state in
      if state.isEnded { throw RPCError.watchesEnded }
      guard state.watchers.count < limits.watcherCountMax else {
        throw Refusal(.overloaded, "As many streams watch as the server allows; end one first.")
      }
      let share = state.shares[partner, default: 0]
      guard share < limits.watcherCountMaxPerPartner else {
        throw Refusal(
          .overloaded, "As many streams of this partner watch as one may have; end one first.")
      }
      state.shares[partner] = share + 1
      state.lastID += 1
      state.watchers[state.lastID] = Entry(partner: partner, kinds: kinds, wake: wake)
      return Watcher(id: state.lastID, wakeUps: wakeUps)
    }
  }

  /// Ends a watch.
  func remove(_ watcher: Watcher) {
    state.withLock { state in
      guard let partner = state.watchers.removeValue(forKey: watcher.id)?.partner else { return }
      let share = state.shares[partner, default: 1] - 1
      state.shares[partner] = share > 0 ? share : nil
    }
  }

  /// Wakes those who watch what has changed.
  func wake(for kinds: Set<AggregateKind>) {
    state.withLock { state in
      // What resumes runs later, on its own executor, so the lock is not held for it.
      for watcher in state.watchers.values where !watcher.kinds.isDisjoint(with: kinds) {
        watcher.wake.yield()
      }
    }
  }

  /// Wakes one, for a reason of its own.
  func wake(_ watcher: Watcher) {
    _ = state.withLock { $0.watchers[watcher.id]?.wake.yield() }
  }

  /// Wakes everybody, because it is time for those who have been silent to say so.
  func wakeForBookmarks() {
    state.withLock { state in
      state.bookmarkRound += 1
      for watcher in state.watchers.values { watcher.wake.yield() }
    }
  }

  /// Ends all watches with UNAVAILABLE and lets none begin.
  func end() {
    state.withLock { state in
      state.isEnded = true
      for watcher in state.watchers.values { watcher.wake.finish() }
    }
  }

  /// How often it has been time for bookmarks.
  var bookmarkRound: Int { state.withLock { $0.bookmarkRound } }
  /// Whether all watches have ended.
  var isEnded: Bool { state.withLock { $0.isEnded } }
  /// How many watch.
  var watcherCount: Int { state.withLock { $0.watchers.count } }
}

extension RPCError {
  /// The server's watches have ended; another server may have some.
  static let watchesEnded = RPCError(
    .unavailable, "the server is shutting down; go on from the last resume token elsewhere")
}
