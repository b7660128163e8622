/// What one reflection stream may ask, each quantity with its ceiling and reason (attack T20).
public struct ReflectionLimits: Sendable, Hashable {
  /// Requests on one stream. Tools ask once for each service or file; a tool that has a thousand questions may
  /// open another stream, where the server's own limits on calls hold.
  public var requestCountMax = 1000

  /// Bytes of host and name in one request. No schema has a name as long; a longer one is answered NOT_FOUND
  /// and not repeated in the answer.
  public var nameByteCountMax = 1024

  /// The limits above.
  public init() {}
}
