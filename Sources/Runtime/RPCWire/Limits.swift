public import RPCCore

/// The limits of calls; on the wire they bound one message and one header list.
public typealias Limits = CallLimits

extension CallLimits {
  /// Bytes of a foreign error page that are quoted in an error's text (R9): enough to recognise the
  /// proxy that wrote it.
  static let bodyExcerptByteCountMax = 256

  /// Bytes of an unknown path or content-type that are repeated to its sender.
  static let quotedByteCountMax = 128
}
