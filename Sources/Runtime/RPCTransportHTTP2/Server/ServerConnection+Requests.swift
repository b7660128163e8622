internal import HTTP2
internal import RPCCore
internal import RPCWire

// From bytes to handlers.
extension ServerConnection {
  func requestHead(_ stream: HTTP2Stream, endsStream: Bool) {
    streamOpened()
    if let lastHead, stream.headersIdentity === lastHead.identity {
      accept(stream, lastHead.head, endsStream: endsStream)
      return
    }
    switch read(stream.headers) {
    case .reject(let rejection, let method):
      reject(stream, rejection, method)
    case .call(let head):
      guard let head = AcceptedHead(head) else { return }
      // A client repeats itself from call to call, so what was found out mostly serves again.
      lastHead = (stream.headersIdentity, head)
      accept(stream, head, endsStream: endsStream)
    }
  }

  private func read(_ block: HeaderBlock) -> OnRequestHead {
    let bytes = block.bytes.span
    for field in block.fields {
      reader.field(name: bytes.extracting(field.name), value: bytes.extracting(field.value))
    }
    return reader.finish(isOversized: block.isOversized)
  }

  private func accept(_ stream: HTTP2Stream, _ head: AcceptedHead, endsStream: Bool) {
    guard hasRoomForCall else {
      session.reset(stream, .refusedStream)
      return
    }
    let now = now
    let deadline = deadline(head.timeout, from: now)
    let call = ServerStream(
      connection: self, stream: stream, head: head,
      call: ServerCall(
        method: head.method, requestMetadata: head.metadata, deadline: deadline, peer: identity,
        startedAt: now),
      messageByteCountMax: messageByteCountMax)
    stream.context = call
    began(head.observedMethod, at: now)
    if let deadline { executor.timers.set(call, at: deadline.instant) }
    act(call, call.machine.began())
    if endsStream {
      act(call, call.machine.receivedEnd())
    } else if head.method.kind.hasOneRequest {
      watchCalls()
    }
  }

  /// What is refused here may be tried again by the client: no handler has seen it.
  private var hasRoomForCall: Bool {
    runningHandlerCount < limits.runningHandlerCountMaxPerConnection && accounts.hasRoomForHandler
      && session.outboundByteCount <= limits.unsentByteCountMaxPerConnection
  }

  private func deadline(
    _ timeout: Duration?, from now: ContinuousClock.Instant
  ) -> Deadline? {
    guard let longest = limits.callTimeMax else { return timeout.map { Deadline($0, after: now) } }
    return Deadline(min(timeout ?? longest, longest), after: now)
  }

  func received(_ call: ServerStream, _ chunk: Span<UInt8>, endsStream: Bool) {
    act(call, call.machine.received(chunk))
    if endsStream { act(call, call.machine.receivedEnd()) }
    credit(call, receivedByteCount: chunk.count)
    settle(call)
  }

  func act(_ call: ServerStream, _ action: OnRequest) {
    switch action {
    case .none: break
    case .dispatch: call.dispatch()
    case .readable: call.wakeReader()
    case .fail(let error, let reset): answer(call, error, reset: reset)
    }
  }

  // MARK: Held bytes

  /// Gives the connection's credit back at once, so that one slow handler does not hold up the others, until
  /// too much waits for handlers.
  private func credit(_ call: ServerStream, receivedByteCount: Int) {
    if waitingByteCount > limits.waitingByteCountMaxPerConnection {
      withheldByteCount += receivedByteCount
    } else {
      session.returnConnectionCredit(byteCount: receivedByteCount)
    }
  }

  /// Brings the accounts up to date after bytes came, were taken, or are dropped; gives back what credit
  /// is due, and ends the call when it makes us hold too much.
  func settle(_ call: ServerStream) {
    let credit = call.machine.takeCredit()
    if credit > 0, !call.stream.isRemoteEnded {
      session.returnStreamCredit(call.stream, byteCount: credit)
      setNeedsFlush()
    }
    let waiting = call.machine.waitingByteCount
    if waiting != call.countedWaiting {
      waitingByteCount += waiting - call.countedWaiting
      call.countedWaiting = waiting
      if withheldByteCount > 0, waitingByteCount <= limits.waitingByteCountMaxPerConnection {
        session.returnConnectionCredit(byteCount: withheldByteCount)
        withheldByteCount = 0
        setNeedsFlush()
      }
    }
    let assembling = call.machine.assemblingByteCount
    if assembling != call.countedAssembling { countAssembling(call, assembling) }
  }

  /// Brings the accounts up to date when the call is over. A request that came whole and was taken has
  /// nothing in them.
  func settleLast(_ call: ServerStream) {
    let isSettled =
      call.machine.isRequestComplete && call.countedAssembling == 0 && call.countedWaiting == 0
    if !isSettled { settle(call) }
  }

  func clearDeadline(of call: ServerStream) {
    if call.isSet { executor.timers.clear(call) }
  }

  private func countAssembling(_ call: ServerStream, _ assembling: Int) {
    if call.countedAssembling == 0 || assembling < call.countedAssembling {
      // Another message has begun, and it has the time that one may take.
      call.requestSince = now
    }
    let difference = assembling - call.countedAssembling
    call.countedAssembling = assembling
    assemblingByteCount += difference
    let isWithinAll = accounts.countAssembling(difference)
    guard difference > 0 else { return }
    watchCalls()
    if !isWithinAll || assemblingByteCount > limits.assemblingByteCountMaxPerConnection {
      fail(call, .tooMuchUnfinished, reset: .noError)
    }
  }
}

extension RPCError {
  fileprivate static let tooMuchUnfinished = RPCError(
    .resourceExhausted, "too many bytes of unfinished requests are held already")
}
