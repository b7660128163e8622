/// The limits and wishes of a client for one call.
///
/// What is nil is for the channel's service config to say, and then for the transport's defaults.
public struct CallOptions: Sendable, Hashable {
  /// How long the call may take in all; nil for no limit.
  public var timeout: Duration?
  /// The moment by which the call must be over; the earlier of this and `timeout` counts.
  ///
  /// A call made by a handler also ends with the handler's own, see ``DeadlinePropagation``.
  public var deadline: Deadline?
  /// The largest response message accepted, in bytes; by default 4 MiB.
  public var maxResponseBytes: Int?
  /// The largest request message sent, in bytes; by default there is no limit.
  public var maxRequestBytes: Int?
  /// Whether the call waits for a connection while there is none to be had, instead of failing with UNAVAILABLE
  /// (gRPC's `wait_for_ready`); its deadline ends that wait. By default it does not.
  public var waitsForReady: Bool?
  /// Whether requests are compressed; by default as the transport is configured. Each can say otherwise.
  public var compressesRequests: Bool?
  /// What makes the metadata that says who is calling; nil for nothing.
  public var credentials: CallCredentials?

  /// Without arguments: no timeout, everything else by default.
  public init(
    timeout: Duration? = nil, deadline: Deadline? = nil, maxResponseBytes: Int? = nil,
    maxRequestBytes: Int? = nil, waitsForReady: Bool? = nil, compressesRequests: Bool? = nil,
    credentials: CallCredentials? = nil
  ) {
    self.timeout = timeout
    self.deadline = deadline
    self.maxResponseBytes = maxResponseBytes
    self.maxRequestBytes = maxRequestBytes
    self.waitsForReady = waitsForReady
    self.compressesRequests = compressesRequests
    self.credentials = credentials
  }

  /// When a call that begins at `now` in this task must be over; nil for never.
  ///
  /// The earliest of `timeout`, `deadline` and ``Deadline/inherited``.
  public func deadline(from now: @autoclosure () -> ContinuousClock.Instant) -> Deadline? {
    var earliest = deadline
    func consider(_ other: Deadline?) {
      guard let other else { return }
      earliest = earliest.map { min($0, other) } ?? other
    }
    if let timeout { consider(Deadline(timeout, after: now())) }
    consider(Deadline.inherited)
    return earliest
  }
}
