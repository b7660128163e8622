/// What a service config says of the calls of one method (gRFC A2).
public struct MethodConfig: Hashable, Sendable {
  /// Whether a call waits for a connection instead of failing; nil leaves it to the caller.
  public var waitForReady: Bool?
  /// How long a call may take; the earlier of this and the caller's own limit counts. Nil for none.
  public var timeout: Duration?
  /// The largest request, in bytes; the smaller of this and the caller's own limit counts.
  public var maxRequestMessageBytes: Int?
  /// The largest response, in bytes; the smaller of this and the caller's own limit counts.
  public var maxResponseMessageBytes: Int?
  /// Whether a call is made once, retried or hedged.
  public var execution: Execution

  /// Without arguments: nothing is said, and a call is made once.
  public init(
    waitForReady: Bool? = nil, timeout: Duration? = nil, maxRequestMessageBytes: Int? = nil,
    maxResponseMessageBytes: Int? = nil, execution: Execution = .once
  ) {
    self.waitForReady = waitForReady
    self.timeout = timeout
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.maxResponseMessageBytes = maxResponseMessageBytes
    self.execution = execution
  }
}

/// How often a call is made.
public enum Execution: Hashable, Sendable {
  /// Once, besides the transparent retries of a call that no server has seen (gRFC A6).
  case once
  /// Again after a failure.
  case retry(RetryPolicy)
  /// Again before a failure.
  case hedge(HedgingPolicy)
}

extension MethodConfig {
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    let byteCounts = 0...Int(UInt32.max)
    waitForReady = try node.member("waitForReady")?.flag()
    timeout = try node.member("timeout")?.duration()
    maxRequestMessageBytes = try node.member("maxRequestMessageBytes")?.integer(in: byteCounts)
    maxResponseMessageBytes = try node.member("maxResponseMessageBytes")?.integer(in: byteCounts)
    execution = try Execution(node)
  }
}

extension Execution {
  fileprivate init(_ node: ConfigNode) throws(ServiceConfigError) {
    let retry = try node.member("retryPolicy")
    let hedging = try node.member("hedgingPolicy")
    switch (retry, hedging) {
    case (.some, .some(let hedging)): throw hedging.error("must not stand beside retryPolicy")
    case (.some(let retry), nil): self = .retry(try RetryPolicy(retry))
    case (nil, .some(let hedging)): self = .hedge(try HedgingPolicy(hedging))
    case (nil, nil): self = .once
    }
  }
}
