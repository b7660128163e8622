internal import RPCCore

/// A watch under way: does what its machine says.
final class Watching<Response: WatchResponse> {
  typealias Event = WatchEvent<Response.Page.Item, Response.Change>
  typealias Machine = WatchMachine<Response.Change>

  private let list: WatchSequence<Response>.List
  private let open: WatchSequence<Response>.Open
  private let time: TimeSource
  private var machine: Machine
  private var stream: ResponseIterator<Response>?
  /// What is to be told before anything else is done.
  private var events: ArraySlice<Event> = []
  /// How long to wait before anything else is done.
  private var pause: Duration?
  private var hasEnded = false

  init(
    from resumeToken: String?, configuration: SafeMobilityClient.Configuration,
    list: @escaping WatchSequence<Response>.List, open: @escaping WatchSequence<Response>.Open
  ) {
    machine = Machine(from: resumeToken, backoff: configuration.watchBackoff)
    time = configuration.time
    self.list = list
    self.open = open
    if resumeToken == nil { events = [.listBegins] }
  }

  /// The next event; nil when the task is cancelled, and for ever after an end.
  func next() async throws(RPCError) -> Event? {
    while !hasEnded {
      if Task.isCancelled { break }
      if let event = events.popFirst() { return event }
      if let pause {
        self.pause = nil
        guard (try? await time.sleep(pause)) != nil else { break }
      }
      do throws(RPCError) {
        try await step()
      } catch {
        if Task.isCancelled { break }
        try handle(error)
      }
    }
    hasEnded = true
    stream = nil
    return nil
  }

  /// Does one thing: fetches a page, opens a stream, or reads an item.
  private func step() async throws(RPCError) {
    switch machine.step {
    case .fetch(let pageToken):
      try arrived(try await list(pageToken))
    case .open(let resumeToken):
      stream = open(resumeToken).makeAsyncIterator()
      machine.opened()
    case .read:
      if let item = try await stream?.next() {
        arrived(item)
      } else {
        try handle(nil)
      }
    }
  }

  private func arrived(_ page: Response.Page) throws(RPCError) {
    events = page.items.map { .listed($0) }[...]
    switch machine.pageArrived(
      nextPageToken: page.nextPageToken, resumeToken: page.resumeToken)
    {
    case .more: break
    case .ended(let token): events.append(.listEnded(resumeToken: token))
    case .noToken:
      hasEnded = true
      throw RPCError(.unimplemented, "the server's list has no token to watch from")
    }
  }

  private func arrived(_ item: Response) {
    var dice = time.dice
    switch machine.itemArrived(
      item.watchItem, resumeToken: item.resumeToken, using: &dice)
    {
    case .tell(let change, let token): events = [.changed(change, resumeToken: token)]
    case .tellBookmark(let token): events = [.bookmark(resumeToken: token)]
    case .nothing: break
    case .leave(let pause): leave(pause)
    case .startOver(let pause): startOver(pause)
    }
  }

  /// A call has failed, or for nil ended with OK, which no stream should.
  private func handle(_ error: RPCError?) throws(RPCError) {
    var dice = time.dice
    // Inherited deadlines end every stream of the task, so going on would never end.
    let isOver = Deadline.inherited?.hasPassed(at: time.now()) ?? false
    switch machine.callEnded(error, using: &dice) {
    case .pause(let pause) where !isOver: leave(pause)
    case .startOver(let pause) where !isOver: startOver(pause)
    case .fail, .pause, .startOver:
      hasEnded = true
      stream = nil
      throw error ?? RPCError(.deadlineExceeded, "the deadline passed")
    }
  }

  private func leave(_ pause: Duration) {
    stream = nil
    self.pause = pause
  }

  private func startOver(_ pause: Duration) {
    leave(pause)
    events = [.listBegins]
  }
}
