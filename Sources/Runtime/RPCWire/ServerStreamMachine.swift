public import RPCCore

/// What the server does after bytes of a request.
public enum OnRequest: Sendable, Hashable {
  /// Nothing: more is to come, or nobody cares any more.
  case none
  /// The request is complete: hand it to the handler.
  case dispatch([UInt8])
  /// Answer with trailers only, then reset the stream with `reset` if there is one.
  case fail(RPCError, reset: ResetCode?)
}

/// What the server does when a handler comes back.
public enum OnHandlerFinished: Sendable, Hashable {
  /// Send what it answered.
  case respond
  /// Throw it away: the stream is gone.
  case drop
}

/// What the server does when a call is given up.
public struct OnAbandoned: Sendable, Hashable {
  /// Reset the stream with this code.
  public var reset: ResetCode?
  /// Cancel the handler's task.
  public var cancelsHandler: Bool

  static let nothing = OnAbandoned(reset: nil, cancelsHandler: false)
}

/// One unary call on the server, from the accepted head to its end.
///
///     receiving ──request complete──▶ handling ──handler finished──▶ ended(answered)
///         │                              │
///         ├──request wrong──▶ ended(refused)
///         └──────────────────────────────┴──deadline, reset──▶ ended(expired | abandoned)
///
/// - `receiving`: bytes of the request come in; nothing has been sent.
/// - `handling`: the request is complete and the handler runs.
/// - `ended`: the answer is given or will never be; why is remembered.
///
/// Wrong moves, by blame. Ours: to finish a handler that was not started, a crash in debug
/// builds and ignored otherwise. The peer's: a request that is none, answered with a status. Nobody's:
/// bytes, resets, deadlines and answers that come after the end, ignored.
///
/// A unary call waits for the end of the stream before it is dispatched, because a second request
/// makes it an error (D1).
public struct ServerStreamMachine: ~Copyable {
  private enum State: ~Copyable {
    case receiving(MessageDeframer, request: [UInt8]?)
    case handling
    case ended(Cause)
  }

  /// Why a call is over.
  private enum Cause {
    case answered
    case refused
    case expired
    case abandoned
  }

  private var state: State

  /// A call whose head was accepted.
  ///
  /// - Parameter messageByteCountMax: the largest request accepted, in bytes
  public init(messageByteCountMax: Int) {
    self.state = .receiving(
      MessageDeframer(messageByteCountMax: messageByteCountMax), request: nil)
  }

  private init(_ state: consuming State) {
    self.state = state
  }

  /// Bytes of the stream, cut anywhere.
  public mutating func received(_ chunk: Span<UInt8>) -> OnRequest {
    switch consume state {
    case .receiving(var deframer, var request):
      var offset = 0
      while true {
        switch deframer.read(chunk, from: &offset) {
        case .needsMore:
          self = Self(.receiving(deframer, request: request))
          return .none
        case .message(let message):
          if request != nil {
            self = Self(.ended(.refused))
            return .fail(Self.tooManyRequests, reset: .noError)
          }
          request = message
        case .failed(let fault):
          self = Self(.ended(.refused))
          return .fail(RPCError(fault, of: "request"), reset: .noError)
        }
      }
    case .handling:
      self = Self(.handling)
      return .none
    case .ended(let cause):
      self = Self(.ended(cause))
      return .none
    }
  }

  /// The peer has ended its side, with DATA or with a header list (Q24).
  public mutating func receivedEnd() -> OnRequest {
    switch consume state {
    case .receiving(var deframer, let request):
      if let fault = deframer.end() {
        self = Self(.ended(.refused))
        return .fail(RPCError(fault, of: "request"), reset: nil)
      }
      guard let request else {
        self = Self(.ended(.refused))
        return .fail(Self.noRequest, reset: nil)
      }
      self = Self(.handling)
      return .dispatch(request)
    case .handling:
      self = Self(.handling)
      return .none
    case .ended(let cause):
      self = Self(.ended(cause))
      return .none
    }
  }

  /// The handler has come back, with a response or an error.
  public mutating func handlerFinished() -> OnHandlerFinished {
    switch consume state {
    case .receiving(let deframer, let request):
      assertionFailure("a handler finished that was not started")
      self = Self(.receiving(deframer, request: request))
      return .drop
    case .handling:
      self = Self(.ended(.answered))
      return .respond
    case .ended(let cause):
      self = Self(.ended(cause))
      return .drop
    }
  }

  /// Nobody waits any more: cancel the handler and reset with CANCEL (D7).
  public mutating func deadlinePassed() -> OnAbandoned {
    switch consume state {
    case .receiving:
      self = Self(.ended(.expired))
      return OnAbandoned(reset: .cancel, cancelsHandler: false)
    case .handling:
      self = Self(.ended(.expired))
      return OnAbandoned(reset: .cancel, cancelsHandler: true)
    case .ended(let cause):
      self = Self(.ended(cause))
      return .nothing
    }
  }

  /// The stream is gone: reset by the peer, or lost with its connection.
  public mutating func streamClosed() -> OnAbandoned {
    switch consume state {
    case .receiving:
      self = Self(.ended(.abandoned))
      return .nothing
    case .handling:
      self = Self(.ended(.abandoned))
      return OnAbandoned(reset: nil, cancelsHandler: true)
    case .ended(let cause):
      self = Self(.ended(cause))
      return .nothing
    }
  }

  private static let noRequest = RPCError(
    .unimplemented, "a unary call has one request, there was none")

  private static let tooManyRequests = RPCError(
    .unimplemented, "a unary call has one request, there was another")
}
