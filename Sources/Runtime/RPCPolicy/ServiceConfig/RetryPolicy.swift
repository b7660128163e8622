/// When a call that failed is tried again, and how long after (gRFC A6, "Retry Policy").
public struct RetryPolicy: Hashable, Sendable {
  /// The most attempts, the first among them; at least 2.
  public var attemptCountMax: Int
  /// What the first delay is drawn around; above zero.
  public var backoffInitial: Duration
  /// What no delay is drawn around more than; above zero.
  public var backoffMax: Duration
  /// What each delay is longer by than the last; above zero.
  public var backoffMultiplier: Double
  /// The codes that are worth another attempt; not empty.
  public var retryableCodes: StatusCodeSet

  /// Every part, given by name.
  public init(
    attemptCountMax: Int, backoffInitial: Duration, backoffMax: Duration,
    backoffMultiplier: Double, retryableCodes: StatusCodeSet
  ) {
    self.attemptCountMax = attemptCountMax
    self.backoffInitial = backoffInitial
    self.backoffMax = backoffMax
    self.backoffMultiplier = backoffMultiplier
    self.retryableCodes = retryableCodes
  }
}

extension RetryPolicy {
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    attemptCountMax = try node.attemptCountMax()
    guard let initial = try node.member("initialBackoff") else {
      throw node.missing("initialBackoff")
    }
    backoffInitial = try initial.positiveDuration()
    guard let longest = try node.member("maxBackoff") else { throw node.missing("maxBackoff") }
    backoffMax = try longest.positiveDuration()
    guard let multiplier = try node.member("backoffMultiplier") else {
      throw node.missing("backoffMultiplier")
    }
    backoffMultiplier = try multiplier.number()
    guard backoffMultiplier > 0 else { throw multiplier.error("must be greater than 0") }
    guard let codes = try node.member("retryableStatusCodes") else {
      throw node.missing("retryableStatusCodes")
    }
    retryableCodes = try codes.statusCodes()
    guard !retryableCodes.isEmpty else { throw codes.error("must not be empty") }
  }
}
