/// The keepalive of one connection of a client.
///
///     watching ──silent for `time`──▶ asking ──silent for `timeout`──▶ closed
///       │  ▲                             │
///       │  └──────anything read──────────┘
///       ▼
///     dormant: no calls, and not to be asked without
///
/// Reads are frequent and timers are not: a read only notes the time, and a timer that fires too early
/// for what was read since is set again for the rest.
///
/// Belongs to one connection, from its first SETTINGS on. No event allocates.
public struct KeepaliveMachine: ~Copyable, Sendable {
  private enum State: Sendable {
    case watching
    case asking(since: ContinuousClock.Instant)
    case dormant
    case closed
  }

  private var state = State.dormant
  private var hasCalls = false
  private var lastRead: ContinuousClock.Instant
  private let config: KeepaliveConfig

  /// A connection that has just been made, without calls.
  public init(_ config: KeepaliveConfig, now: ContinuousClock.Instant) {
    self.config = config
    lastRead = now
  }

  /// Begins to watch, where connections without calls are watched.
  public mutating func begin(now: ContinuousClock.Instant) -> KeepaliveAction {
    config.permitWithoutCalls ? wake(now: now) : .none
  }

  /// Something was read, the answer to a PING or anything else.
  public mutating func read(now: ContinuousClock.Instant) { lastRead = now }

  /// The first call has begun, or the last has ended.
  public mutating func callsChanged(
    hasCalls: Bool, now: ContinuousClock.Instant
  ) -> KeepaliveAction {
    self.hasCalls = hasCalls
    // Without calls the timer that is set finds that out, so that calls in turn set none anew.
    return hasCalls ? wake(now: now) : .none
  }

  /// The time that was asked for is over.
  public mutating func timerFired(now: ContinuousClock.Instant) -> KeepaliveAction {
    switch state {
    case .dormant: return .none
    case .closed: return .none
    case .watching: return watch(now: now)
    case .asking(let since):
      if lastRead > since { return watch(now: now) }
      let rest = since + config.timeout - now
      if rest > .zero { return .wait(rest) }
      state = .closed
      return .close
    }
  }

  private mutating func wake(now: ContinuousClock.Instant) -> KeepaliveAction {
    guard case .dormant = state else { return .none }
    return watch(now: now)
  }

  /// Waits for what is left of `time`, or asks if nothing is.
  private mutating func watch(now: ContinuousClock.Instant) -> KeepaliveAction {
    guard hasCalls || config.permitWithoutCalls else {
      state = .dormant
      return .none
    }
    let rest = lastRead + config.time - now
    if rest > .zero {
      state = .watching
      return .wait(rest)
    }
    state = .asking(since: now)
    return .ping(timer: config.timeout)
  }
}
