internal import RPCCore
internal import Synchronization

/// Where a server writes down which of its services take calls, and who watches is told.
///
/// Services go by their full names; the empty name is the server as a whole. Every member may be used from
/// any thread.
public final class HealthBoard: Sendable {
  /// What callers may make this board hold.
  public let limits: HealthLimits

  fileprivate enum Phase {
    case open
    /// What is written is final.
    case shutDown
    /// Nobody may watch any more.
    case ended
  }

  fileprivate struct Line {
    /// Nil for a name that is watched and was never set.
    var status: HealthStatus?
    var watchers: [HealthWatcher.ID: AsyncStream<HealthStatus?>.Continuation] = [:]
  }

  fileprivate struct State {
    var phase = Phase.open
    var lines: [String: Line] = [:]
    var watcherCounts = WatcherCounts()
    var lastWatcher: HealthWatcher.ID = 0
  }

  private let state: Mutex<State>

  /// A board on which the server as a whole and the services named are serving.
  public init(serving services: [String] = [], limits: HealthLimits = HealthLimits()) {
    self.limits = limits
    var state = State()
    for service in services + [""] { state.lines[service] = Line(status: .serving) }
    self.state = Mutex(state)
  }

  /// Writes a service's status down and tells who watches it; does nothing after ``shutdown()``.
  public func set(_ service: String, _ status: HealthStatus) {
    state.withLock { state in
      if state.phase == .open { state.lines[service, default: Line()].change(to: status) }
    }
  }

  /// Everything written is NOT_SERVING from now on, for good: the server is about to end.
  ///
  /// Watching goes on, so that clients learn of it while calls are still served. A service that is
  /// not written down stays unknown.
  public func shutdown() {
    state.withLock { state in state.shutDown() }
  }

  /// Ends every call that watches, with UNAVAILABLE, and lets none begin; implies ``shutdown()``.
  ///
  /// For the moment when a server drains: a watch has no end of its own and would hold it up.
  public func endWatches() {
    state.withLock { state in
      state.shutDown()
      state.phase = .ended
      for line in state.lines.values {
        for watcher in line.watchers.values { watcher.finish() }
      }
    }
  }

  /// What is written down for a service; nil when it was never set.
  public func status(of service: String) -> HealthStatus? {
    state.withLock { $0.lines[service]?.status }
  }

  /// All that is written down; nil when that is more than `countMax` services.
  func statuses(countMax: Int) -> [String: HealthStatus]? {
    state.withLock { state in
      let known = state.lines.compactMapValues(\.status)
      return known.count <= countMax ? known : nil
    }
  }

  /// Begins to watch; to be given back with ``remove(_:)``.
  ///
  /// - Parameter peer: whose share of watches it is
  /// - Throws: RESOURCE_EXHAUSTED over a limit; UNAVAILABLE once watches have ended.
  func addWatcher(
    of service: String, for peer: PeerIdentity
  ) throws(RPCError) -> HealthWatcher {
    guard service.utf8.count <= limits.serviceNameByteCountMax else {
      throw RPCError(.resourceExhausted, "the service's name is too long to be watched")
    }
    // The newest alone is kept: who reads slowly is told the last of several changes.
    let (statuses, continuation) = AsyncStream.makeStream(
      of: HealthStatus?.self, bufferingPolicy: .bufferingNewest(1))
    let network = PeerNetwork(peer)
    return try state.withLock { state throws(RPCError) in
      if state.phase == .ended { throw .watchesEnded }
      try state.watcherCounts.add(network, limits: limits)
      state.lastWatcher += 1
      let id = state.lastWatcher
      continuation.yield(state.lines[service]?.status)
      state.lines[service, default: Line()].watchers[id] = continuation
      return HealthWatcher(
        id: id, service: service, network: network, statuses: statuses)
    }
  }

  /// Ends a watch.
  func remove(_ watcher: HealthWatcher) {
    state.withLock { state in
      guard state.lines[watcher.service]?.watchers.removeValue(forKey: watcher.id) != nil else {
        return
      }
      state.watcherCounts.remove(watcher.network)
      if state.lines[watcher.service]?.isEmpty == true { state.lines[watcher.service] = nil }
    }
  }

  /// The calls that watch.
  var watcherCount: Int { state.withLock { $0.watcherCounts.total } }

  /// The addresses that have calls which watch.
  var watcherShareCount: Int { state.withLock { $0.watcherCounts.shareCount } }

  /// The names held, watched ones that were never set too.
  var lineCount: Int { state.withLock { $0.lines.count } }
}

extension HealthBoard.State {
  fileprivate mutating func shutDown() {
    guard phase == .open else { return }
    phase = .shutDown
    for service in lines.keys where lines[service]?.status != nil {
      lines[service]?.change(to: .notServing)
    }
  }
}

extension HealthBoard.Line {
  /// Watchers are told under the board's lock, so that all see one order; what resumes runs later, on its
  /// own executor.
  fileprivate mutating func change(to new: HealthStatus) {
    if status == new { return }
    status = new
    for watcher in watchers.values { watcher.yield(new) }
  }

  fileprivate var isEmpty: Bool { status == nil && watchers.isEmpty }
}

extension RPCError {
  /// The board's watches have ended.
  static let watchesEnded = RPCError(.unavailable, "the server is shutting down")
}

/// One call that watches one service.
struct HealthWatcher {
  typealias ID = UInt64

  let id: ID
  let service: String
  /// Whose share it is; nil for a peer without an address.
  let network: PeerNetwork?
  /// The status when the watch began and each that came after it, the latest of those not yet read; nil
  /// while it is unknown. Ends with the board's watches or the reader's task.
  let statuses: AsyncStream<HealthStatus?>
}
