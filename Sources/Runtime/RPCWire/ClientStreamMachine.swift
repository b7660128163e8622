internal import RPCCore

/// One unary call on the client, from the sent head to its answer.
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
/// - `finished`: the caller has his answer.
///
/// Wrong moves, by blame. The server's: each ends the call with the status the rules give it, and a reset
/// of the stream where that is still open. Nobody's: whatever comes after the end, ignored.
public struct ClientStreamMachine: ~Copyable {
  private enum State: ~Copyable {
    case waiting
    case reading(MessageDeframer, metadata: Metadata, message: [UInt8]?)
    case readingForeign(ForeignResponse)
    case finished

    /// Takes the state out for judging. What stays behind is `finished`, so a branch that ends the call
    /// has nothing to assign, and any other puts its state back.
    mutating func take() -> State {
      var taken = State.finished
      swap(&taken, &self)
      return taken
    }

    var isWaiting: Bool {
      switch self {
      case .waiting: true
      case .reading: false
      case .readingForeign: false
      case .finished: false
      }
    }
  }

  private var state = State.waiting
  private var isRequestEnded = false
  private let responseByteCountMax: Int

  /// A call whose head is on its way.
  ///
  /// - Parameter responseByteCountMax: the largest response accepted, in bytes
  public init(responseByteCountMax: Int) {
    self.responseByteCountMax = responseByteCountMax
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
    switch state.take() {
    case .waiting:
      return .finish(
        ClientOutcome(
          RPCError(.internal, "the server sent a body before its head"), reset: .protocolError))
    case .reading(let deframer, let metadata, let message):
      return read(chunk, deframer, metadata: metadata, message: message)
    case .readingForeign(var foreign):
      if foreign.keep(chunk) { return .finish(ClientOutcome(foreign.error, reset: .cancel)) }
      state = .readingForeign(foreign)
      return .none
    case .finished:
      return .none
    }
  }

  /// The server has ended its side with DATA, without trailers (R12, D5).
  public mutating func receivedEnd() -> OnResponse {
    switch state.take() {
    case .waiting:
      return .finish(closedWithoutTrailers)
    case .reading:
      return .finish(closedWithoutTrailers)
    case .readingForeign(let foreign):
      return .finish(ClientOutcome(foreign.error, reset: resetAfterEnd))
    case .finished:
      return .none
    }
  }

  /// The server has reset the stream (R13).
  ///
  /// When the call's deadline is over by now, call ``deadlinePassed()`` first: a server that counts the
  /// same deadline resets with CANCEL at about the same moment, and the caller should not see which
  /// of the two was faster (R14). The same holds for header lists.
  public mutating func streamReset(_ code: ResetCode) -> OnResponse {
    let error = RPCError(code.statusCode, "the server reset the stream, code \(code.rawValue)")
    return finish(
      ClientOutcome(.failure(error), mayRetryTransparently: code == .refusedStream))
  }

  /// The call's time is over; what arrived of an answer is thrown away (Q12).
  public mutating func deadlinePassed() -> OnResponse {
    fail(.deadlineExceeded, "the deadline passed", reset: .cancel)
  }

  /// The caller no longer wants the answer.
  public mutating func cancelled() -> OnResponse {
    fail(.cancelled, "the call was cancelled", reset: .cancel)
  }

  /// The connection is gone, and nobody knows what the server has done (C6).
  public mutating func connectionLost(_ message: String) -> OnResponse {
    fail(.unavailable, message, reset: nil)
  }

  /// The server never looked at the call: it did not leave, or GOAWAY leaves it out (C2).
  public mutating func wasNotProcessed() -> OnResponse {
    let error = RPCError(.unavailable, "the connection closed before the call was looked at")
    return finish(ClientOutcome(.failure(error), mayRetryTransparently: true))
  }
}

extension ClientStreamMachine {
  private mutating func receivedHead(_ block: ResponseBlock) -> OnResponse {
    guard state.isWaiting else {
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
    if block.hasUnknownEncoding {
      return fail(.internal, "the response has an unknown grpc-encoding", reset: .cancel)  // Q20
    }
    // A grpc-status in here is not the end's (R11), so it is not looked at.
    let deframer = MessageDeframer(messageByteCountMax: responseByteCountMax)
    state = .reading(deframer, metadata: block.metadata, message: nil)
    return .none
  }

  private mutating func receivedLast(_ block: ResponseBlock) -> OnResponse {
    switch state.take() {
    case .waiting:
      if let httpStatus = block.httpStatus, (100...199).contains(httpStatus) {
        let error = RPCError(.internal, "an informational head ended the stream")  // R8
        return .finish(ClientOutcome(error, reset: resetAfterEnd))
      }
      if case .absent = block.grpcStatus {
        return .finish(ClientOutcome(ForeignResponse(head: block).error, reset: resetAfterEnd))
      }
      return .finish(conclude(block, metadata: [:], message: nil, fault: nil))
    case .reading(var deframer, let metadata, let message):
      let fault = deframer.end()
      return .finish(conclude(block, metadata: metadata, message: message, fault: fault))
    case .readingForeign(let foreign):
      // A grpc-status wins over HTTP's (R7), but OK without a message that we could read does not.
      if case .code(let code) = block.grpcStatus, code != .ok {
        return .finish(conclude(block, metadata: [:], message: nil, fault: nil))
      }
      return .finish(ClientOutcome(foreign.error, reset: resetAfterEnd))
    case .finished:
      return .none
    }
  }

  /// The answer as the trailers give it; a status other than OK beats whatever else is wrong (R16).
  private func conclude(
    _ trailers: ResponseBlock, metadata: Metadata, message: [UInt8]?,
    fault: MessageDeframer.Fault?
  ) -> ClientOutcome {
    switch trailers.grpcStatus {
    case .malformed:
      return ClientOutcome(
        RPCError(.unknown, "the grpc-status is not a number"), reset: .protocolError)  // R6
    case .absent:
      return ClientOutcome(
        RPCError(.unknown, "the trailers have no grpc-status"), reset: resetAfterEnd)  // D5
    case .code(.ok):
      if let fault { return ClientOutcome(RPCError(fault, of: "response"), reset: resetAfterEnd) }
      guard let message else {
        let error = RPCError(.unimplemented, "a unary call has one response, there was none")  // D1
        return ClientOutcome(error, reset: resetAfterEnd)
      }
      let response = RawResponse(
        message: message, metadata: metadata, trailingMetadata: trailers.metadata)
      return ClientOutcome(.success(response), reset: resetAfterEnd)
    case .code(let code):
      let status = Status(code, trailers.message, details: trailers.details)
      return ClientOutcome(RPCError(status, metadata: trailers.metadata), reset: resetAfterEnd)
    }
  }

  private mutating func read(
    _ chunk: Span<UInt8>, _ deframer: consuming MessageDeframer, metadata: Metadata,
    message: [UInt8]?
  ) -> OnResponse {
    var message = message
    var offset = 0
    while true {
      switch deframer.read(chunk, from: &offset) {
      case .needsMore:
        state = .reading(deframer, metadata: metadata, message: message)
        return .none
      case .message(let next, _):
        if message != nil {
          let error = RPCError(.unimplemented, "a unary call has one response, there was another")
          return .finish(ClientOutcome(error, reset: .cancel))  // D1
        }
        message = next
      case .failed(let fault):
        return .finish(ClientOutcome(RPCError(fault, of: "response"), reset: .cancel))
      }
    }
  }

  private mutating func fail(
    _ code: StatusCode, _ message: String, reset: ResetCode?
  ) -> OnResponse {
    finish(ClientOutcome(RPCError(code, message), reset: reset))
  }

  private mutating func finish(_ outcome: @autoclosure () -> ClientOutcome) -> OnResponse {
    if case .finished = state.take() { return .none }
    return .finish(outcome())
  }

  private var closedWithoutTrailers: ClientOutcome {
    ClientOutcome(RPCError(.internal, "the stream closed without trailers"), reset: resetAfterEnd)
  }

  /// The server is done before the request was: tell it that the rest will not come (R15).
  private var resetAfterEnd: ResetCode? { isRequestEnded ? nil : .noError }
}
