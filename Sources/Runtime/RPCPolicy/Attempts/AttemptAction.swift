/// What the transport is to do after an event of ``AttemptMachine``, all of it, in the order of the members.
public struct AttemptAction: Hashable, Sendable {
  /// Count this for the throttle of the server.
  public var throttle: ThrottleEffect = .none
  /// Cancel these attempts; nothing more is expected of them.
  public var cancel: [Int] = []
  /// Stop the timer that was set last; not together with `timer`.
  public var cancelTimer = false
  /// Call `timerFired` after this long, in place of any timer set before.
  public var timer: Duration?
  /// Start this attempt now.
  public var launch: Launch?
  /// Give the caller this attempt's outcome; nothing is to be done for the call any more.
  ///
  /// It need not be the attempt that ended just now, so the outcome of the last one is to be kept.
  public var finish: Int?

  /// Nothing.
  public static let none = AttemptAction()

  /// Nothing.
  public init() {}

  /// One attempt to start.
  public struct Launch: Hashable, Sendable {
    /// Which it is, from 0; never used again in the same call.
    public var attempt: Int
    /// For `grpc-previous-rpc-attempts`, which is left out when this is 0. Transparent retries do not
    /// count.
    public var previousAttempts: Int

    /// Both, given by name.
    public init(attempt: Int, previousAttempts: Int) {
      self.attempt = attempt
      self.previousAttempts = previousAttempts
    }
  }
}

/// How far an attempt came that failed without an answer of the server's (gRFC A6, "Transparent Retries").
public enum WasProcessed: Hashable, Sendable {
  /// Nothing of it left the client, such as when the connection is lost between the choice and the
  /// writing. Not for a call that found no connection: that one is over, or waits.
  case neverLeft
  /// The server says that it did nothing: REFUSED_STREAM, or a GOAWAY with a lower stream.
  case notProcessed
  /// The server may have begun, or has answered.
  case maybe
}
