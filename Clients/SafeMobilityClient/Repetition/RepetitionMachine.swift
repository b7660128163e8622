internal import RPCCore
internal import RPCPolicy
internal import SafeMobilityAPI

/// When a call of which nobody knows whether it happened is made again.
///
///     attempt ──failed, worth another──▶ pause ──▶ attempt …
///        │                                 (only if it would end before the call's own end)
///        └──answered, or failed for good──▶ end
///
/// Only for calls that have one effect however often they are made. Source: `errors.proto` ("Retry only …"), gRFC
/// A6 for the pauses.
struct RepetitionMachine: ~Copyable {
  /// What to do about a failed attempt.
  enum OnAttemptFailed: Hashable {
    /// Make the call again after so long.
    case pause(Duration)
    /// Tell the caller.
    case fail
  }

  /// An answer to a twin that is still at work cannot be far, so nobody waits for it for long.
  static let inFlightPauseMax: Duration = .seconds(1)

  private let end: Deadline
  private var attemptTimeout: Duration
  private var backoff: Backoff

  /// - Parameters:
  ///   - end: when the call must be over, whatever becomes of it
  ///   - attemptTimeout: how long the first attempt may take
  ///   - backoff: the pauses
  init(end: Deadline, attemptTimeout: Duration, backoff: Backoff) {
    self.end = end
    self.attemptTimeout = attemptTimeout
    self.backoff = backoff
  }

  /// When an attempt that begins now is given up.
  func attemptDeadline(at now: ContinuousClock.Instant) -> Deadline {
    min(end, Deadline(attemptTimeout, after: now))
  }

  /// An attempt has failed.
  mutating func attemptFailed(
    _ error: RPCError, at now: ContinuousClock.Instant,
    using random: inout some RandomNumberGenerator
  ) -> OnAttemptFailed {
    guard let pause = pause(after: error, using: &random),
      !end.hasPassed(at: now.advanced(by: pause))
    else { return .fail }
    return .pause(pause)
  }

  /// nil for a failure that another attempt would not better.
  private mutating func pause(
    after error: RPCError, using random: inout some RandomNumberGenerator
  ) -> Duration? {
    switch error.code {
    case .unavailable:
      // A server whose database is away says how long, too.
      return max(CallFailure(error).retryDelay ?? .zero, backoff.next(using: &random))
    case .deadlineExceeded:
      attemptTimeout *= 2
      return backoff.next(using: &random)
    case .resourceExhausted:
      let failure = CallFailure(error)
      guard failure.errorReason == .overloaded else { return nil }
      // The server knows how busy it is; those whom it turns away twice come back ever later.
      return max(failure.retryDelay ?? .zero, backoff.next(using: &random))
    case .aborted where CallFailure(error).errorReason == .requestInFlight:
      return min(backoff.next(using: &random), Self.inFlightPauseMax)
    default:
      return nil
    }
  }
}
