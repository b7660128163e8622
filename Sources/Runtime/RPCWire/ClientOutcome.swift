public import RPCCore

/// How a call ended, and what is left to do about its stream.
public struct ClientOutcome: Sendable, Hashable {
  /// What the caller gets.
  public var result: Result<RawResponse, RPCError>
  /// Reset the stream with this code; nil when it is closed, or closes by itself.
  public var reset: ResetCode?
  /// The server did not look at the call, so it may be made again without asking anybody (R13).
  public var mayRetryTransparently = false

  init(
    _ result: Result<RawResponse, RPCError>, reset: ResetCode? = nil,
    mayRetryTransparently: Bool = false
  ) {
    self.result = result
    self.reset = reset
    self.mayRetryTransparently = mayRetryTransparently
  }

  init(_ error: RPCError, reset: ResetCode? = nil) {
    self.init(.failure(error), reset: reset)
  }
}

/// What the client does after news of a call.
public enum OnResponse: Sendable, Hashable {
  /// Nothing: more is to come, or the caller has his answer already.
  case none
  /// Give the caller his answer. Comes exactly once.
  case finish(ClientOutcome)
}
