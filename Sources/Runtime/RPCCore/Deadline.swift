/// The moment after which nobody waits for a call's answer any more.
///
/// The core has no clock: whoever asks says what time it is.
public struct Deadline: Sendable, Hashable, Comparable {
  /// The moment itself, on the clock that also runs while the machine sleeps.
  public var instant: ContinuousClock.Instant { moment.instant }

  private let moment: Moment

  /// The deadline at exactly `instant`.
  public init(_ instant: ContinuousClock.Instant) {
    moment = Moment(instant)
  }

  /// The deadline `timeout` after `now`; a negative timeout gives one that has passed.
  public init(_ timeout: Duration, after now: ContinuousClock.Instant) {
    moment = Moment(now.advanced(by: timeout))
  }

  /// Whether the moment has come.
  public func hasPassed(at now: ContinuousClock.Instant) -> Bool { instant <= now }

  /// The time left; zero, never negative, once the moment has come.
  public func remaining(at now: ContinuousClock.Instant) -> Duration {
    max(.zero, now.duration(to: instant))
  }

  /// The earlier deadline is the smaller.
  public static func < (left: Deadline, right: Deadline) -> Bool { left.moment < right.moment }
}
