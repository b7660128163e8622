public import RPCCore
public import RPCPolicy
public import RPCTransportHTTP2

extension SafeMobilityClient {
  /// What a client does when it is not told otherwise.
  public struct Configuration: Sendable {
    /// Whether calls that failed for want of a server are made again; see ``SafeMobilityClient``.
    public var repeatsCalls = true
    /// How long a call without a deadline of its own is made again before its failure is told.
    public var patience: Duration = .seconds(60)
    /// How long one attempt may take before it is given up for another. Doubled after each attempt that
    /// takes longer, so that what is slow and not dead gets done.
    public var attemptTimeout: Duration = .seconds(10)
    /// The pauses between attempts.
    public var backoff = Backoff(initial: .milliseconds(100), multiplier: 2, max: .seconds(5))
    /// The pauses before a watch that was cut off goes on; they begin again at the first whenever
    /// something has come.
    public var watchBackoff = Backoff(initial: .milliseconds(200), multiplier: 2, max: .seconds(30))
    /// Stand around every call, the first outermost. A call that is made again passes them once.
    /// One that makes a call again itself is to set its `request_id` first: the client gives each call that reaches it
    /// an id of its own.
    public var interceptors: [any ClientInterceptor] = []
    /// How connections are made and kept.
    ///
    /// Asks a connection after a minute of silence whether it lives: a server says something every half
    /// a minute to those who watch, so only what hangs is asked.
    public var channel = HTTP2Channel.Configuration()
    /// Clock and dice, for tests.
    var time = TimeSource.live

    /// The defaults.
    public init() {
      channel.keepalive = KeepaliveConfig(time: .seconds(60))
    }
  }
}
