/// Which sides of a call may send more than one message.
public enum CallKind: Sendable, Hashable, CaseIterable {
  /// One request, one response.
  case unary
  /// Any number of requests, one response.
  case clientStreaming
  /// One request, any number of responses.
  case serverStreaming
  /// Any number of both, interleaved as the two sides please.
  case bidirectionalStreaming

  /// Whether exactly one request is due.
  public var hasOneRequest: Bool { self == .unary || self == .serverStreaming }

  /// Whether a call that succeeds has exactly one response.
  public var hasOneResponse: Bool { self == .unary || self == .clientStreaming }
}
