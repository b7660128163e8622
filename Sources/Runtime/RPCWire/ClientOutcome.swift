public import RPCCore

/// How a call ended, and what is left to do about its stream.
public struct ClientOutcome: Sendable, Hashable {
  /// The trailers of a call that ended with OK, or why it failed.
  public var result: Result<Metadata, RPCError>
  /// Reset the stream with this code; nil when it is closed, or closes by itself.
  public var reset: ResetCode?
  /// What the server knows of the call (R13, C2).
  public var seen = SeenByServer.maybe

  init(_ result: Result<Metadata, RPCError>, reset: ResetCode? = nil, seen: SeenByServer = .maybe) {
    self.result = result
    self.reset = reset
    self.seen = seen
  }

  init(_ error: RPCError, reset: ResetCode? = nil) {
    self.init(.failure(error), reset: reset)
  }
}

/// Whether a server has looked at a call, which decides who may make it again without asking (gRFC A6).
public enum SeenByServer: Sendable, Hashable {
  /// It has, or nobody knows.
  case maybe
  /// It said that it has not.
  case notProcessed
  /// Nothing of the call has left.
  case neverLeft
}

/// What the client does after news of a call.
public enum OnResponse: Sendable, Hashable {
  /// Nothing: more is to come, or the call has ended already.
  case none
  /// The server's head is there, see ``ClientStreamMachine/metadata``: it answers this attempt and no other.
  case head
  /// Wake whoever waits for the next response.
  case readable
  /// The call is over; responses that came before may still be taken. Comes exactly once.
  case finish(ClientOutcome)
}

/// What there is for whoever wants the next response.
public enum OnResponseTaken: Sendable, Hashable {
  /// A message.
  case message(InboundMessage)
  /// None yet.
  case wait
  /// None any more: the outcome is what there is left to tell.
  case end
  /// None any more: what came behind the others is no message. Takes the place of the outcome, if there was one.
  case fail(ClientOutcome)
}
