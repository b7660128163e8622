internal import RPCCore
internal import RPCPolicy
internal import SafeMobilityAPI

/// How a watch begins, goes on after a break, and begins again.
///
///     listing(page) ──last page──▶ cutOff(token) ──opened──▶ streaming(token)
///          ▲  ▲                       ▲  ▲ │                    │  │
///          │  └──── token expired ────│──│─┘                    │  │
///          │                          │  └─── broken, ended ────┘  │
///          └───────── reset without a token, token expired ────────┘
///
/// Every state has the token or page to go on from, so nothing is lost wherever a stream breaks. A failure that
/// trying again would not better ends the watch. Pauses grow until something has come.
struct WatchMachine<Change: Sendable>: ~Copyable {
  /// What to do next.
  enum Step: Hashable {
    case fetch(pageToken: String)
    case open(resumeToken: String)
    case read
  }

  /// What a page of the list means.
  enum OnPage: Hashable {
    case more
    case ended(resumeToken: String)
    case noToken
  }

  /// What to do about an item of the stream.
  enum OnItem {
    case tell(Change, resumeToken: String)
    case tellBookmark(resumeToken: String)
    case nothing
    /// Leave the stream, pause, and open another.
    case leave(Duration)
    /// Leave the stream, tell it, pause, and list.
    case startOver(Duration)
  }

  private enum State {
    case listing(pageToken: String)
    case cutOff(resumeToken: String)
    case streaming(resumeToken: String)
  }

  private var state: State
  private var recent = RecentEvents()
  private var backoff: Backoff

  /// - Parameters:
  ///   - resumeToken: where to begin; nil to list first
  ///   - backoff: the pauses
  init(from resumeToken: String?, backoff: Backoff) {
    state = resumeToken.map { .cutOff(resumeToken: $0) } ?? .listing(pageToken: "")
    self.backoff = backoff
  }

  /// What to do next.
  var step: Step {
    switch state {
    case .listing(let token): .fetch(pageToken: token)
    case .cutOff(let token): .open(resumeToken: token)
    case .streaming: .read
    }
  }

  /// A page of the list has come.
  mutating func pageArrived(nextPageToken: String, resumeToken: String) -> OnPage {
    if !nextPageToken.isEmpty {
      state = .listing(pageToken: nextPageToken)
      return .more
    }
    if resumeToken.isEmpty {
      return .noToken
    }
    state = .cutOff(resumeToken: resumeToken)
    return .ended(resumeToken: resumeToken)
  }

  /// A stream is on its way.
  mutating func opened() {
    if case .cutOff(let token) = state { state = .streaming(resumeToken: token) }
  }

  /// An item has come.
  ///
  /// - Parameter resumeToken: the item's; empty when it has none, and the one before stands
  mutating func itemArrived(
    _ item: WatchItem<Change>, resumeToken: String, using random: inout some RandomNumberGenerator
  ) -> OnItem {
    let token = resumeToken.isEmpty ? self.resumeToken : resumeToken
    switch item {
    case .change(let change, let id):
      backoff.reset()
      state = .streaming(resumeToken: token)
      return recent.insert(id) ? .tell(change, resumeToken: token) : .nothing
    case .bookmark:
      backoff.reset()
      state = .streaming(resumeToken: token)
      return .tellBookmark(resumeToken: token)
    case .unknown:
      state = .streaming(resumeToken: token)
      return .nothing
    case .reset(let own) where own.isEmpty:
      return .startOver(startOver(using: &random))
    case .reset(let own):
      state = .cutOff(resumeToken: own)
      return .leave(backoff.next(using: &random))
    }
  }

  /// A call has ended: the list's with an error, the stream with one, or, for nil, with OK.
  mutating func callEnded(
    _ error: RPCError?, using random: inout some RandomNumberGenerator
  ) -> WatchEnd.Reaction {
    switch WatchEnd(error) {
    case .broken(let least):
      if case .streaming(let token) = state { state = .cutOff(resumeToken: token) }
      return .pause(max(least, backoff.next(using: &random)))
    case .expired: return .startOver(startOver(using: &random))
    case .final: return .fail
    }
  }

  private mutating func startOver(using random: inout some RandomNumberGenerator) -> Duration {
    state = .listing(pageToken: "")
    // Whoever forgets what it was told must be told again.
    recent = RecentEvents()
    return backoff.next(using: &random)
  }

  private var resumeToken: String {
    switch state {
    case .cutOff(let token), .streaming(let token): token
    case .listing: ""
    }
  }
}
