public import RPCCore

/// What to do with what has come of a request.
public enum OnRequest: Sendable, Hashable {
  /// Nothing yet, or nothing any more.
  case none
  /// Start the handler; `take` has what it is given.
  case dispatch
  /// Wake whoever waits for the next request.
  case readable
  /// End the call with this error; then reset the stream, if told to, so that the rest of the request
  /// need not be sent (R15). A handler that runs is cancelled.
  case fail(RPCError, reset: ResetCode?)
}

/// What there is for whoever wants the next request.
public enum OnTake: Sendable, Hashable {
  /// A message.
  case message(InboundMessage)
  /// None yet.
  case wait
  /// None any more.
  case end
  /// End the call with this error, as in ``OnRequest/fail(_:reset:)``.
  case fail(RPCError, reset: ResetCode?)
}

/// What to do with what a handler has brought.
public enum OnHandlerFinished: Sendable, Hashable {
  /// Send it.
  case respond
  /// The call is over already.
  case drop
}

/// What to do when a call must end before its handler has answered.
public struct OnFailure: Sendable, Hashable {
  /// The client is to be told; not when the call was over already.
  public var isToBeAnswered: Bool
  /// Cancel the handler, which runs.
  public var cancelsHandler: Bool
}

/// The server's side of one call, from its head to its end.
///
///     receiving ──complete──▶ handling ──answer──▶ ended
///         └──fault, deadline, close──┴────────────────▲
///
/// Where the kind has one request, the handler starts when it is complete and the client has ended;
/// where it has many, at once, and it takes them one by one.
public struct ServerStreamMachine: ~Copyable {
  private enum Phase {
    case receiving
    case handling
    case ended
  }

  private var phase = Phase.receiving
  private var inbox: MessageInbox
  private let kind: CallKind

  /// A call whose head has come.
  ///
  /// - Parameters:
  ///   - kind: how many requests and responses it has
  ///   - messageByteCountMax: the largest request accepted, in bytes, as it comes
  ///   - allowsCompressed: whether the call has an encoding other than identity
  public init(kind: CallKind, messageByteCountMax: Int, allowsCompressed: Bool = false) {
    self.kind = kind
    inbox = MessageInbox(
      messageByteCountMax: messageByteCountMax, allowsCompressed: allowsCompressed)
  }

  /// The call is over: nothing of it is sent or read any more.
  public var hasEnded: Bool { phase == .ended }
  /// The handler runs.
  public var isHandling: Bool { phase == .handling }
  /// The client has sent all of its request.
  public var isRequestComplete: Bool { inbox.hasEnded }
  /// Bytes of a request that is not complete.
  public var assemblingByteCount: Int { inbox.assemblingByteCount }
  /// Bytes of requests that are complete and not taken.
  public var waitingByteCount: Int { inbox.waitingByteCount }

  /// The head was accepted. Told first, and once.
  public mutating func began() -> OnRequest {
    if kind.hasOneRequest { return .none }
    phase = .handling
    return .dispatch
  }

  /// Bytes of the request came.
  public mutating func received(_ chunk: Span<UInt8>) -> OnRequest {
    if inbox.hasEnded { return .none }
    let fault = inbox.receive(chunk)
    if phase == .ended {
      inbox.discard()
      return .none
    }
    // Behind complete requests a fault waits until these were taken: the client did send them.
    if kind.hasOneRequest {
      if let fault { return fail(RPCError(fault, of: "request"), reset: .noError) }
      if inbox.readyCount > 1 { return fail(.tooManyRequests, reset: .noError) }
      return .none
    }
    if inbox.faultAfterReady != nil, let fault {
      return fail(RPCError(fault, of: "request"), reset: .noError)
    }
    return inbox.readyCount > 0 ? .readable : .none
  }

  /// The client has sent its last byte.
  public mutating func receivedEnd() -> OnRequest {
    if inbox.hasEnded { return .none }
    let fault = inbox.end()
    switch phase {
    case .ended:
      return .none
    case .handling:
      if inbox.faultAfterReady != nil, let fault {
        return fail(RPCError(fault, of: "request"), reset: nil)
      }
      return .readable
    case .receiving:
      if let fault { return fail(RPCError(fault, of: "request"), reset: nil) }
      if inbox.readyCount == 0 { return fail(.noRequest, reset: nil) }
      phase = .handling
      return .dispatch
    }
  }

  /// The next request, for the handler.
  public mutating func take() -> OnTake {
    guard phase == .handling else { return .end }
    if let message = inbox.take() { return .message(message) }
    if let fault = inbox.faultAfterReady {
      let reset: ResetCode? = inbox.hasEnded ? nil : .noError
      phase = .ended
      inbox.discard()
      return .fail(RPCError(fault, of: "request"), reset: reset)
    }
    return inbox.hasEnded ? .end : .wait
  }

  /// Bytes for which the client may have credit again; each is told once.
  public mutating func takeCredit() -> Int {
    inbox.takeCredit(always: kind.hasOneRequest || phase == .ended)
  }

  /// The handler has an answer or an error.
  public mutating func handlerFinished() -> OnHandlerFinished {
    switch phase {
    case .receiving:
      assertionFailure("a handler finished that was not started")
      return .drop
    case .handling:
      end()
      return .respond
    case .ended:
      return .drop
    }
  }

  /// The call must end, whatever its state: by an error of ours, because its deadline has passed (D7), or
  /// because its stream is gone, and then nobody can be answered.
  public mutating func failed() -> OnFailure {
    let before = phase
    end()
    return OnFailure(isToBeAnswered: before != .ended, cancelsHandler: before == .handling)
  }

  private mutating func fail(_ error: RPCError, reset: ResetCode?) -> OnRequest {
    end()
    return .fail(error, reset: reset)
  }

  private mutating func end() {
    if phase == .ended { return }
    phase = .ended
    inbox.discard()
  }
}
