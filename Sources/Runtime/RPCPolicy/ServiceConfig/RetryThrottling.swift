/// How many failures stop the retries to a server (gRFC A6, "Throttling Retry Attempts and Hedged RPCs").
public struct RetryThrottling: Hashable, Sendable {
  /// The tokens to begin with, and the most there can be; 1 to 1000. A failure costs one.
  public let tokenCountMax: Int
  /// What a success gives back, in thousandths of a token; at least 1.
  public let tokenRatioThousandths: Int

  /// - Parameters:
  ///   - tokenCountMax: 1 to 1000
  ///   - tokenRatio: above zero; what is finer than a thousandth is cut off
  /// - Returns: nil when either is out of its range, or nothing is left of the ratio
  public init?(tokenCountMax: Int, tokenRatio: Double) {
    guard Self.tokenCounts.contains(tokenCountMax),
      let thousandths = Self.thousandths(of: tokenRatio)
    else { return nil }
    self.tokenCountMax = tokenCountMax
    tokenRatioThousandths = thousandths
  }

  private static let tokenCounts = 1...1000

  private static func thousandths(of ratio: Double) -> Int? {
    // A ratio above the most tokens fills them all, so it may as well be that. What is written as
    // 1.001 is a little less in binary, and must not be cut off to 1.000.
    let thousandths = Int(min(max(ratio, 0), 1000) * 1000 + 1e-6)
    return thousandths > 0 ? thousandths : nil
  }
}

extension RetryThrottling {
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    guard let tokens = try node.member("maxTokens") else { throw node.missing("maxTokens") }
    guard let ratio = try node.member("tokenRatio") else { throw node.missing("tokenRatio") }
    tokenCountMax = try tokens.integer(in: Self.tokenCounts)
    guard let thousandths = Self.thousandths(of: try ratio.number()) else {
      throw ratio.error("must be at least 0.001")
    }
    tokenRatioThousandths = thousandths
  }
}
