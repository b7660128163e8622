import Domain
import RPCCore
import Storage

extension Desk {
  /// Wakes those who watch whenever there is news for them, until its task is cancelled: at once after
  /// this desk's own commits and those that the store tells of, within a poll after all others, and now and then
  /// for bookmarks.
  ///
  /// One for the whole server, however many watch; without it they wait for ever. Looks at the store
  /// on the calling task's executor, so not for an event loop.
  ///
  /// - Parameter onFailure: told of a look that failed; the next one sees what it would have
  public func tellWatchers(onFailure: @escaping @Sendable (any Error) -> Void) async {
    await withTaskGroup { group in
      group.addTask { await pollForWatchers() }
      group.addTask { await listenForWatchers() }
      group.addTask { await lookForWatchers(onFailure) }
    }
  }

  /// Ends every stream that watches, with UNAVAILABLE, and lets none begin: for the moment when a server
  /// drains, because a stream has no end of its own and would hold it up.
  public func endWatches() { watches.end() }

  /// How many streams watch at this desk.
  public var watcherCount: Int { watches.watcherCount }

  private func pollForWatchers() async {
    // A sleep only ends early by cancellation.
    while (try? await Task.sleep(for: watches.limits.pollInterval)) != nil { watches.ring() }
  }

  private func listenForWatchers() async {
    for await _ in store.news { watches.ring() }
  }

  private func lookForWatchers(_ onFailure: @Sendable (any Error) -> Void) async {
    let clock = ContinuousClock()
    var seen: Int64 = 0
    var bookmarksDue = clock.now + watches.limits.bookmarkInterval
    for await _ in watches.bell where watches.watcherCount > 0 {
      do {
        let last = seen
        let (isNew, end) = try await store.read { reader in
          (
            try !reader.statusEvents(of: .referral, after: last, limit: 1).items.isEmpty,
            try reader.statusEventEnd()
          )
        }
        seen = end
        if isNew { watches.wakeAll() }
      } catch {
        onFailure(error)
      }
      guard clock.now >= bookmarksDue else { continue }
      bookmarksDue = clock.now + watches.limits.bookmarkInterval
      watches.wakeAll(forBookmarks: true)
    }
  }
}
