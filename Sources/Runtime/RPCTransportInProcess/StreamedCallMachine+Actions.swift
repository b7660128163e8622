internal import RPCCore

extension StreamedCallMachine {
  /// What to do after an event, with the machine unlocked.
  enum OnEvent: Sendable, Hashable {
    case nothing
    /// Run the handler's code.
    case startHandler
    /// There is a request for the handler, or there will be none.
    case requestCame
    /// There may be room for a request.
    case requestTaken
    /// There are response headers.
    case headCame
    /// There is a response.
    case responseCame
    /// There may be room for a response.
    case responseTaken
    /// Cancel the handler and the timer; all who wait look again.
    case ended
  }

  /// What there is for a reader.
  enum OnTake: Sendable, Hashable {
    case message([UInt8])
    /// There will be none.
    case end
    /// There will be none, because of this.
    case failed(RPCError)
    /// There will be none, for the handler, because nobody waits for it any more.
    case over
    /// There is none yet.
    case wait
  }
}

extension CallLimits {
  /// Whether there is more metadata than is taken.
  func areExceeded(by metadata: Metadata) -> Bool {
    metadata.count > headerFieldCountMax || metadata.listByteCount > headerListByteCountMax
  }
}
