/// When a client asks a silent connection whether it still lives (C4; gRFC A8, gRPC `doc/keepalive.md`).
public struct KeepaliveConfig: Hashable, Sendable {
  /// How long nothing may come in before a PING is sent; at least ten seconds.
  public private(set) var time: Duration
  /// How long nothing may come in after it before the connection counts as lost; above zero.
  public let timeout: Duration
  /// Whether a connection without calls is asked too. Many servers count that as an attack.
  public let permitWithoutCalls: Bool

  /// Shorter times are ten seconds, as gRFC A8 has it: servers allow no more.
  public static let timeMinimum = Duration.seconds(10)

  /// - Parameters:
  ///   - time: how long nothing may come in before a PING is sent
  ///   - timeout: how long nothing may come in after it; above zero
  ///   - permitWithoutCalls: whether a connection without calls is asked too
  public init(
    time: Duration, timeout: Duration = .seconds(20), permitWithoutCalls: Bool = false
  ) {
    precondition(timeout > .zero, "an answer takes time")
    self.time = max(time, Self.timeMinimum)
    self.timeout = timeout
    self.permitWithoutCalls = permitWithoutCalls
  }

  /// Times below the minimum, for tests that cannot wait that long.
  package static func briefly(time: Duration, timeout: Duration) -> KeepaliveConfig {
    var config = KeepaliveConfig(time: time, timeout: timeout)
    config.time = time
    return config
  }

  /// A server has ended a connection with `too_many_pings`: the channel's next connections ask half as often.
  public mutating func tooManyPings() {
    if time < Self.timeMaximum { time = min(time * 2, Self.timeMaximum) }
  }

  /// Beyond a year nobody asks, and doubling must end somewhere.
  private static let timeMaximum = Duration.seconds(365 * 86_400)
}

/// What the transport is to do for the keepalive of a connection.
public enum KeepaliveAction: Hashable, Sendable {
  /// Nothing; a timer that is set stays.
  case none
  /// Call `timerFired` after this long.
  case wait(Duration)
  /// Send a PING, and call `timerFired` after this long.
  case ping(timer: Duration)
  /// Close the connection at once; its calls are UNAVAILABLE.
  case close
}
