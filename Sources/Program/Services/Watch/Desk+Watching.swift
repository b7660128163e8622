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
        let (kinds, end) = try await store.read { try Self.news(in: $0, after: last) }
        seen = end
        if !kinds.isEmpty { watches.wake(for: kinds) }
      } catch {
        onFailure(error)
      }
      guard clock.now >= bookmarksDue else { continue }
      bookmarksDue = clock.now + watches.limits.bookmarkInterval
      watches.wakeForBookmarks()
    }
  }

  /// What kinds of things have changed behind a place of the feed, and its end.
  private static func news(
    in reader: any StoreReader, after last: Int64
  ) throws -> (kinds: Set<AggregateKind>, end: Int64) {
    let page = try reader.statusEvents(after: last, limit: newsCountMax)
    // Of more than a page one must suppose everything: each looks for itself at what is its business.
    if page.hasMore { return (Set(AggregateKind.allCases), try reader.statusEventEnd()) }
    return (Set(page.items.map(\.event.aggregate)), page.items.last?.position ?? last)
  }

  /// How many events one look reads to find out of what they are. Between two looks come a few.
  private static let newsCountMax = 200
}
