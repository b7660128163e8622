/// The tokens that stop retries to a server which mostly fails (gRFC A6).
///
/// One for each server name, shared by all its calls. Every success counts and every failure that
/// ``AttemptAction/throttle`` names. Counted in thousandths, so that nothing drifts.
public struct RetryThrottle: Hashable, Sendable {
  private let thousandthsMax: Int
  private let ratioThousandths: Int
  private var thousandths: Int

  /// Full.
  public init(_ throttling: RetryThrottling) {
    thousandthsMax = throttling.tokenCountMax * 1000
    ratioThousandths = throttling.tokenRatioThousandths
    thousandths = thousandthsMax
  }

  /// The throttle of a changed config, as full in proportion as this one, so that a config that comes
  /// in the middle of an outage does not let all clients loose.
  public func adopting(_ throttling: RetryThrottling) -> RetryThrottle {
    var adopted = RetryThrottle(throttling)
    adopted.thousandths = thousandths * adopted.thousandthsMax / thousandthsMax
    return adopted
  }

  /// A call has succeeded.
  public mutating func recordSuccess() {
    thousandths = min(thousandths + ratioThousandths, thousandthsMax)
  }

  /// A call has failed with a code that could be retried, or was told not to come again.
  public mutating func recordFailure() { thousandths = max(thousandths - 1000, 0) }

  /// Takes down what an action says.
  public mutating func record(_ effect: ThrottleEffect) {
    switch effect {
    case .none: break
    case .success: recordSuccess()
    case .failure: recordFailure()
    }
  }

  /// Whether more than half of the tokens are there.
  public var allowsRetries: Bool { thousandths * 2 > thousandthsMax }

  /// Whether more than half of them will be there when one failure more is counted: what to tell
  /// ``AttemptMachine`` of an attempt that ends, since its own failure counts before it is judged.
  public var allowsRetryOfFailure: Bool { max(thousandths - 1000, 0) * 2 > thousandthsMax }
}

/// What an attempt's end means for the throttle.
public enum ThrottleEffect: Hashable, Sendable {
  /// Nothing.
  case none
  /// ``RetryThrottle/recordSuccess()``.
  case success
  /// ``RetryThrottle/recordFailure()``.
  case failure
}
