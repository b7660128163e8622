/// When a call is sent again without waiting for its failure (gRFC A6, "Hedging Policy").
///
/// Only for methods that may run several times at once: the server sees every copy.
public struct HedgingPolicy: Hashable, Sendable {
  /// The most copies, the first among them; at least 2.
  public var attemptCountMax: Int
  /// How long after a copy the next one leaves; zero for all at once.
  public var hedgingDelay: Duration
  /// The codes after which the other copies go on, and the next leaves at once.
  public var nonFatalCodes: StatusCodeSet

  /// Every part, given by name.
  public init(attemptCountMax: Int, hedgingDelay: Duration, nonFatalCodes: StatusCodeSet) {
    self.attemptCountMax = attemptCountMax
    self.hedgingDelay = hedgingDelay
    self.nonFatalCodes = nonFatalCodes
  }
}

extension HedgingPolicy {
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    attemptCountMax = try node.attemptCountMax()
    hedgingDelay = try node.member("hedgingDelay")?.duration() ?? .zero
    nonFatalCodes = try node.member("nonFatalStatusCodes")?.statusCodes() ?? []
  }
}

extension ConfigNode {
  /// The member `maxAttempts` of a policy: more than gRPC's five are five, without an error.
  func attemptCountMax() throws(ServiceConfigError) -> Int {
    guard let node = try member("maxAttempts") else { throw missing("maxAttempts") }
    return min(try node.integer(in: 2...Int(UInt32.max)), 5)
  }
}
