public import RPCCore

/// What there is and what becomes of it, as long as somebody reads.
///
///     for try await event in client.watchReferrals(from: store.token) {
///       switch event {
///       case .listBegins: store.forgetAll()
///       case .listed(let referral): store.put(referral)
///       case .changed(let change, _): store.apply(change)
///       case .listEnded, .bookmark: break
///       }
///       store.keep(event.resumeToken)
///     }
///
/// Streams break: servers end, connections are lost, deadlines pass. The sequence goes on by itself from the last
/// token, after a pause, for as long as it takes; each change comes once. It ends with nil when the task
/// is cancelled, and throws what trying again would not better, such as PERMISSION_DENIED. The token of another
/// registration or filter is refused with INVALID_ARGUMENT.
///
/// Nothing is read ahead, so a slow reader slows the server and not its own memory. Every iterator watches for
/// itself.
public struct WatchSequence<Response: WatchResponse>: AsyncSequence, Sendable {
  /// What is told.
  public typealias Element = WatchEvent<Response.Page.Item, Response.Change>
  /// How a call failed for good.
  public typealias Failure = RPCError

  /// Fetches a page of what there is, from a page token.
  typealias List = @Sendable (_ pageToken: String) async throws(RPCError) -> Response.Page
  /// Opens a stream at a resume token.
  typealias Open = @Sendable (_ resumeToken: String) -> ServerStreamingCall<Response>

  private let resumeToken: String?
  private let list: List
  private let open: Open
  private let configuration: SafeMobilityClient.Configuration

  /// - Parameter resumeToken: where to begin; nil or empty to list first
  init(
    from resumeToken: String?, configuration: SafeMobilityClient.Configuration,
    list: @escaping List, open: @escaping Open
  ) {
    self.resumeToken = resumeToken.flatMap { $0.isEmpty ? nil : $0 }
    self.configuration = configuration
    self.list = list
    self.open = open
  }

  /// Begins a watch.
  public func makeAsyncIterator() -> Iterator {
    Iterator(
      Watching(from: resumeToken, configuration: configuration, list: list, open: open))
  }

  /// Reads one event after the other. Copies share one watch; one task reads at a time.
  public struct Iterator: AsyncIteratorProtocol {
    private let watching: Watching<Response>

    init(_ watching: Watching<Response>) { self.watching = watching }

    /// The next event; nil when the task is cancelled.
    public mutating func next() async throws(RPCError) -> Element? {
      try await watching.next()
    }

    /// The next event; nil when the task is cancelled.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Element? {
      try await watching.next()
    }
  }
}
