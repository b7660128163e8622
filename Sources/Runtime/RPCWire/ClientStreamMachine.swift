public import RPCCore

/// One attempt of a call on the client, from the sent head to its end.
///
///     waiting ──head──▶ reading ──trailers──▶ finished
///        │                 └──anything wrong──▶ finished
///        ├──head that is not gRPC's──▶ readingForeign ──end, or enough──▶ finished
///        └──trailers only, reset, deadline, cancellation──▶ finished
///
/// - `waiting`: no head yet, or only informational ones (1xx).
/// - `reading`: messages come in.
/// - `readingForeign`: something other than a gRPC server answered; a piece of what it says is kept
///   for the error's text (R9).
/// - `finished`: the outcome is known. Responses that came before it can still be taken, unless the caller ended
///   the call.
///
/// Where the kind has one response, it can be taken once the call has ended with OK.
///
/// Wrong moves, by blame. The server's: each ends the call with the status the rules give it, and a reset
/// of the stream where that is still open. Nobody's: whatever comes after the end, ignored.
public struct ClientStreamMachine: ~Copyable {
  private enum State {
    case waiting
    case reading
    // Rare and large: kept apart, the machine of each call stays small.
    indirect case readingForeign(ForeignResponse)
    case finished
  }

  private var state = State.waiting
  private var inbox: MessageInbox
  private var isRequestEnded = false
  private let kind: CallKind
  private let responseByteCountMax: Int

  /// The server's response headers; empty before ``OnResponse/head``.
  public private(set) var metadata = Metadata()
  /// How the responses are compressed that say that they are.
  public private(set) var encoding = MessageEncoding.identity

  /// A call whose head is on its way.
  ///
  /// - Parameters:
  ///   - kind: how many requests and responses it has
  ///   - responseByteCountMax: the largest response accepted, in bytes, as it comes
  public init(kind: CallKind, responseByteCountMax: Int) {
    self.kind = kind
    self.responseByteCountMax = responseByteCountMax
    inbox = MessageInbox(messageByteCountMax: responseByteCountMax, allowsCompressed: false)
  }

  /// The outcome is known.
  public var isFinished: Bool {
    if case .finished = state { true } else { false }
  }

  /// The server's head has come.
  public var hasHead: Bool {
    if case .reading = state { true } else { false }
  }

  /// The whole request has been sent.
  public mutating func requestEnded() {
    isRequestEnded = true
  }

  /// A header list: informational, the head, the trailers, or head and trailers in one.
  public mutating func received(_ block: ResponseBlock, endsStream: Bool) -> OnResponse {
    if block.isOversized {
      return fail(.resourceExhausted, "the response's metadata is over the limit", reset: .cancel)
    }
    return endsStream ? receivedLast(block) : receivedHead(block)
  }

  /// Bytes of the body, cut anywhere.
  public mutating func received(_ chunk: Span<UInt8>) -> OnResponse {
    switch state {
    case .waiting:
      return fail(.internal, "the server sent a body before its head", reset: .protocolError)
    case .reading:
      return read(chunk)
    case .readingForeign(var foreign):
      if foreign.keep(chunk) { return finish(ClientOutcome(foreign.error, reset: .cancel)) }
      state = .readingForeign(foreign)
      return .none
    case .finished:
      return .none
    }
  }

  /// The server has ended its side with DATA, without trailers (R12, D5).
  public mutating func receivedEnd() -> OnResponse {
    switch state {
    case .waiting, .reading:
      return finish(
        ClientOutcome(
          RPCError(.internal, "the stream closed without trailers"), reset: resetAfterEnd))
    case .readingForeign(let foreign):
      return finish(ClientOutcome(foreign.error, reset: resetAfterEnd))
    case .finished:
      return .none
    }
  }

  /// The next response.
  public mutating func take() -> OnResponseTaken {
    if kind.hasOneResponse, !isFinished { return .wait }
    if let message = inbox.take() { return .message(message) }
    if let fault = inbox.faultAfterReady {
      let outcome = ClientOutcome(
        RPCError(fault, of: "response"), reset: isFinished ? nil : .cancel)
      state = .finished
      inbox.discard()
      return .fail(outcome)
    }
    return isFinished ? .end : .wait
  }

  /// Bytes for which the server may have credit again; each is told once.
  public mutating func takeCredit() -> Int {
    inbox.takeCredit(always: kind.hasOneResponse || isFinished)
  }

  /// The server has reset the stream (R13).
  ///
  /// When the call's deadline is over by now, call ``deadlinePassed()`` first: a server that counts the
  /// same deadline resets with CANCEL at about the same moment, and the caller should not see which
  /// of the two was faster (R14). The same holds for header lists.
  public mutating func streamReset(_ code: ResetCode) -> OnResponse {
    // The usual case, since every stream is closed in the end: no text is to be made for it.
    if isFinished { return .none }
    var error = RPCError(code.statusCode, "the server reset the stream, code \(code.rawValue)")
    error.resetCode = code.rawValue
    return finish(
      ClientOutcome(.failure(error), seen: code == .refusedStream ? .notProcessed : .maybe))
  }

  /// The call's time is over; what arrived of an answer is thrown away (Q12).
  public mutating func deadlinePassed() -> OnResponse {
    ended(.deadlineExceeded, "the deadline passed")
  }

  /// The caller no longer wants the answer.
  public mutating func cancelled() -> OnResponse {
    ended(.cancelled, "the call was cancelled")
  }

  /// The connection is gone, and nobody knows what the server has done (C6).
  public mutating func connectionLost(_ message: String) -> OnResponse {
    fail(.unavailable, message, reset: nil)
  }

  /// There is no connection to send the call on.
  public mutating func couldNotBeSent(_ error: RPCError) -> OnResponse {
    finish(ClientOutcome(error))
  }

  /// The server never looked at the call: it did not leave, or GOAWAY leaves it out (C2).
  public mutating func wasNotProcessed(_ seen: SeenByServer = .notProcessed) -> OnResponse {
    let error = RPCError(.unavailable, "the connection closed before the call was looked at")
    return finish(ClientOutcome(.failure(error), seen: seen))
  }
}

extension ClientStreamMachine {
  private mutating func receivedHead(_ block: ResponseBlock) -> OnResponse {
    switch state {
    case .waiting: break
    case .finished: return .none
    case .reading, .readingForeign:
      return fail(.internal, "the server sent a second head", reset: .protocolError)  // R10
    }
    let httpStatus = block.httpStatus ?? 0
    if (100...199).contains(httpStatus) { return .none }  // R8
    if httpStatus == 200, block.contentType == .unknownSubtype {
      let message = "the content-type is not spoken here: \(block.contentTypeText)"
      return fail(.internal, message, reset: .cancel)  // D6
    }
    guard httpStatus == 200, block.contentType == .proto else {
      state = .readingForeign(ForeignResponse(head: block))
      return .none
    }
    guard let encoding = block.encoding else {
      return fail(.internal, "the response has an unknown grpc-encoding", reset: .cancel)  // Q20
    }
    // A grpc-status in here is not the end's (R11), so it is not looked at.
    state = .reading
    metadata = block.metadata
    if encoding != .identity {
      self.encoding = encoding
      inbox = MessageInbox(messageByteCountMax: responseByteCountMax, allowsCompressed: true)
    }
    return .head
  }

  private mutating func receivedLast(_ block: ResponseBlock) -> OnResponse {
    switch state {
    case .waiting:
      if let httpStatus = block.httpStatus, (100...199).contains(httpStatus) {
        // R8
        return fail(.internal, "an informational head ended the stream", reset: resetAfterEnd)
      }
      if case .absent = block.grpcStatus {
        return finish(ClientOutcome(ForeignResponse(head: block).error, reset: resetAfterEnd))
      }
      return finish(conclude(block, fault: nil))
    case .reading:
      return finish(conclude(block, fault: inbox.end()))
    case .readingForeign(let foreign):
      // A grpc-status wins over HTTP's (R7), but OK without a message that we could read does not.
      if case .code(let code) = block.grpcStatus, code != .ok {
        return finish(conclude(block, fault: nil))
      }
      return finish(ClientOutcome(foreign.error, reset: resetAfterEnd))
    case .finished:
      return .none
    }
  }

  /// The end as the trailers give it; a status other than OK beats whatever else is wrong (R16).
  private func conclude(
    _ trailers: ResponseBlock, fault: MessageDeframer.Fault?
  ) -> ClientOutcome {
    switch trailers.grpcStatus {
    case .malformed:
      return ClientOutcome(
        RPCError(.unknown, "the grpc-status is not a number"), reset: .protocolError)  // R6
    case .absent:
      return ClientOutcome(
        RPCError(.unknown, "the trailers have no grpc-status"), reset: resetAfterEnd)  // D5
    case .code(.ok):
      // Behind messages that nobody has taken yet a fault waits until they are.
      if let fault, inbox.readyCount == 0 || kind.hasOneResponse {
        return ClientOutcome(RPCError(fault, of: "response"), reset: resetAfterEnd)
      }
      if kind.hasOneResponse, inbox.readyCount == 0 {
        let error = RPCError(.unimplemented, "the call has one response, there was none")  // D1
        return ClientOutcome(error, reset: resetAfterEnd)
      }
      return ClientOutcome(.success(trailers.metadata), reset: resetAfterEnd)
    case .code(let code):
      let status = Status(code, trailers.message, details: trailers.details)
      return ClientOutcome(RPCError(status, metadata: trailers.metadata), reset: resetAfterEnd)
    }
  }

  private mutating func read(_ chunk: Span<UInt8>) -> OnResponse {
    let fault = inbox.receive(chunk)
    if kind.hasOneResponse {
      if inbox.readyCount > 1 {
        return fail(
          .unimplemented, "the call has one response, there was another", reset: .cancel)  // D1
      }
      guard let fault else { return .none }
      return finish(ClientOutcome(RPCError(fault, of: "response"), reset: .cancel))
    }
    if inbox.faultAfterReady != nil, let fault {
      return finish(ClientOutcome(RPCError(fault, of: "response"), reset: .cancel))
    }
    return inbox.readyCount > 0 ? .readable : .none
  }

  /// Ends the call for its caller, who then wants nothing of what has come.
  private mutating func ended(_ code: StatusCode, _ message: String) -> OnResponse {
    let action = fail(code, message, reset: .cancel)
    inbox.discard()
    return action
  }

  private mutating func fail(
    _ code: StatusCode, _ message: String, reset: ResetCode?
  ) -> OnResponse {
    finish(ClientOutcome(RPCError(code, message), reset: reset))
  }

  private mutating func finish(_ outcome: ClientOutcome) -> OnResponse {
    if isFinished { return .none }
    state = .finished
    if kind.hasOneResponse, case .failure = outcome.result { inbox.discard() }
    return .finish(outcome)
  }

  /// The server is done before the request was: tell it that the rest will not come (R15).
  private var resetAfterEnd: ResetCode? { isRequestEnded ? nil : .noError }
}
