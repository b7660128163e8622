/// The limits a client sets for one call.
public struct CallOptions: Sendable, Hashable {
  /// How long the call may take in all; nil for no limit.
  public var timeout: Duration?
  /// The moment by which the call must be over; the earlier of this and `timeout` counts.
  ///
  /// A handler that calls on hands down its own call's: `CallOptions(deadline: call.deadline)`.
  public var deadline: Deadline?
  /// The largest response message accepted, in bytes; nil for the transport's default (4 MiB).
  public var maxResponseBytes: Int?

  /// Without arguments: no timeout, the transport's default sizes.
  public init(
    timeout: Duration? = nil, deadline: Deadline? = nil, maxResponseBytes: Int? = nil
  ) {
    self.timeout = timeout
    self.deadline = deadline
    self.maxResponseBytes = maxResponseBytes
  }

  /// When a call that begins at `now` must be over; nil for never.
  public func deadline(from now: ContinuousClock.Instant) -> Deadline? {
    let own = timeout.map { Deadline($0, after: now) }
    guard let own, let deadline else { return own ?? deadline }
    return min(own, deadline)
  }
}
