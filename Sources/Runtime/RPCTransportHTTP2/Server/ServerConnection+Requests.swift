internal import HTTP2
internal import RPCCore
internal import RPCWire

// From bytes to handlers.
extension ServerConnection {
  func requestHead(_ stream: HTTP2Stream, endsStream: Bool) {
    streamOpened()
    if let lastHead, stream.hasHeaders(lastHeaders) {
      accept(stream, lastHead, endsStream: endsStream)
      return
    }
    switch read(stream.headers) {
    case .reject(let rejection, let method):
      reject(stream, rejection, method)
    case .call(let head):
      guard let head = AcceptedHead(head, from: identity) else { return }
      // A client repeats itself from call to call, so what was found out mostly serves again.
      lastHeaders = stream.headersIdentity
      lastHead = head
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
      call: ServerCall(head.origin, deadline: deadline, startedAt: now),
      messageByteCountMax: messageByteCountMax)
    stream.context = call
    headByteCount += call.headByteCount
    began(head.observedMethod, at: now)
    if let deadline { executor.timers.set(call, at: deadline.instant) }
    act(call, call.machine.began())
    if endsStream {
      act(call, call.machine.receivedEnd())
    } else if head.method.kind.hasOneRequest {
      watchCalls()
    }
  }

  private func deadline(
    _ timeout: Duration?, from now: ContinuousClock.Instant
  ) -> Deadline? {
    guard let longest = limits.callTimeMax else { return timeout.map { Deadline($0, after: now) } }
    return Deadline(min(timeout ?? longest, longest), after: now)
  }

  func received(_ call: ServerStream, _ chunk: Span<UInt8>, endsStream: Bool) {
    arrivedByteCount += chunk.count
    call.arrivedByteCount += chunk.count
    act(call, call.machine.received(chunk))
    if endsStream { act(call, call.machine.receivedEnd()) }
    credit(call, receivedByteCount: chunk.count)
    settle(call)
  }

  func act(_ call: ServerStream, _ action: OnRequest) {
    switch action {
    case .none: break
    case .dispatch: call.dispatch()
    case .readable:
      call.requestBegan(at: now)
      call.reader?.wake()
    case .fail(let error, let reset): answer(call, error, reset: reset)
    }
  }
}
