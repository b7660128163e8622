/// The limits a client sets for one call.
public struct CallOptions: Sendable, Hashable {
  /// How long the call may take in all; nil for no limit.
  public var timeout: Duration?
  /// The largest response message accepted, in bytes; nil for the transport's default (4 MiB).
  public var maxResponseBytes: Int?

  /// Without arguments: no timeout, the transport's default sizes.
  public init(timeout: Duration? = nil, maxResponseBytes: Int? = nil) {
    self.timeout = timeout
    self.maxResponseBytes = maxResponseBytes
  }
}
