internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire

// From handlers to bytes.
extension ServerConnection {
  /// A handler's task was made.
  func handlerStarted() { runningHandlerCount += 1 }

  /// A handler's task has come to its end; called on the loop, within a pass. A unary one brings its
  /// answer, one with a stream has written what it had.
  func handlerFinished(_ call: ServerStream, _ result: Result<[UInt8]?, any Error>) {
    executor.eventLoop.assertInEventLoop()
    runningHandlerCount -= 1
    takenByteCount -= call.countedTaken
    // A connection that is closed has no more passes at whose end it tells.
    if handler == nil { tellHoldings() } else { setNeedsFlush() }
    let isRequestComplete = call.machine.isRequestComplete
    guard case .respond = call.machine.handlerFinished(), handler != nil else { return }
    settleLast(call)
    switch result {
    case .success(let message):
      succeed(call, message, call.call.outgoing)
    case .failure(let reset as StreamReset):
      report(call, ResetCode(rawValue: reset.code).statusCode)
      return session.reset(call.stream, HTTP2ErrorCode(rawValue: reset.code))
    case .failure(let error):
      finish(call, RPCError(thrownByHandler: error))
    }
    // The client need not send the rest of what nobody reads (rule R15).
    if !isRequestComplete { session.resetWhenSent(call.stream, .noError) }
  }

  /// Gives a call back that no handler has seen: the client may try it again.
  func refuse(_ call: ServerStream) {
    guard call.machine.failed().isToBeAnswered else { return }
    settleLast(call)
    report(call, .unavailable)
    session.reset(call.stream, .refusedStream)
    setNeedsFlush()
  }

  /// Ends the call with an error of ours, whatever its handler does.
  func fail(_ call: ServerStream, _ error: RPCError, reset: ResetCode?) {
    let failure = call.machine.failed()
    if failure.isToBeAnswered { answer(call, error, reset: reset) }
  }

  /// Answers a call that its machine has ended; a handler that runs is cancelled.
  func answer(_ call: ServerStream, _ error: RPCError, reset: ResetCode?) {
    call.cancelHandler()
    settleLast(call)
    finish(call, error)
    if let reset {
      session.resetWhenSent(call.stream, HTTP2ErrorCode(rawValue: reset.rawValue))
    }
    setNeedsFlush()
  }

  /// The deadline holds until the last byte has left, also when the handler has long ended.
  func deadlinePassed(_ call: ServerStream) {
    guard call.stream.outboundByteCount > 0 else {
      // The status goes before the reset: a stock client whose own timer is a moment later would take a bare
      // one for CANCELLED. It also would if the reset said CANCEL, although it has the status (rule D7).
      return fail(call, RPCError(.deadlineExceeded, "the deadline passed"), reset: .noError)
    }
    // The client has not taken what was written, so a status behind it might never leave.
    if call.machine.failed().cancelsHandler { call.cancelHandler() }
    settleLast(call)
    report(call, .deadlineExceeded)
    session.reset(call.stream, .cancel)
    setNeedsFlush()
  }

  // MARK: Messages

  /// Sends the response headers, unless they are sent.
  ///
  /// - Parameter compressed: what is asked for the message that follows; nil for what the call says
  /// - Returns: whether that message is to be compressed
  @discardableResult
  func sendHead(_ call: ServerStream, compressed: Bool?) -> Bool {
    if let encoding = call.sentEncoding {
      guard encoding != .identity else { return false }
      return compressed ?? compressesByDefault(call.call.compressesResponses)
    }
    return sendHead(call, compressed: compressed, call.call.outgoing)
  }

  private func sendHead(
    _ call: ServerStream, compressed: Bool?, _ outgoing: ServerCall.Outgoing?
  ) -> Bool {
    let byDefault = compressesByDefault(outgoing?.compressesResponses)
    let isCompressed = compressed ?? byDefault
    let mayCompress = isCompressed || byDefault
    let encoding = mayCompress ? call.head.responseEncoding : .identity
    call.sentEncoding = encoding
    var fields = FieldList.prepared(Prepared.plainHead(encoding))
    if let response = outgoing?.response, !response.isEmpty {
      fields = OutgoingFields.list { ResponseFields.head(encoding, response, to: &$0) }
    }
    session.respond(call.stream, head: fields)
    return isCompressed && encoding != .identity
  }

  private func compressesByDefault(_ wish: Bool?) -> Bool {
    wish ?? accounts.configuration.compressesResponses
  }

  /// Sends a message. What does not get smaller is sent as it is, which is legal for each one (Q21).
  func send(_ call: ServerStream, _ message: [UInt8], isCompressed: Bool) {
    var body = message
    var isSmaller = false
    if isCompressed, let encoding = call.sentEncoding {
      let compressed = executor.compression.compress(message.span, as: encoding)
      isSmaller = compressed.count < message.count
      if isSmaller { body = compressed }
    }
    noteSent(call, byteCount: body.count)
    session.send(
      call.stream,
      head: MessagePrefix(messageByteCount: body.count, isCompressed: isSmaller).bits,
      headByteCount: MessagePrefix.byteCount, body: body)
  }

  // MARK: The end

  /// Ends the call with OK, after its one message if it is unary.
  private func succeed(
    _ call: ServerStream, _ message: [UInt8]?, _ outgoing: ServerCall.Outgoing?
  ) {
    if message == nil, call.responseCount == 0, call.head.method.kind.hasOneResponse {
      return finish(call, .noResponse)
    }
    // Also before an end without messages: the client may wait for metadata.
    let isCompressed =
      call.sentEncoding == nil && sendHead(call, compressed: nil, outgoing)
    if let message { send(call, message, isCompressed: isCompressed) }
    var trailers = FieldList.prepared(Prepared.okTrailers)
    if let trailing = outgoing?.trailing, !trailing.isEmpty {
      trailers = OutgoingFields.list { ResponseFields.trailers(.ok, trailing, to: &$0) }
    }
    session.finish(call.stream, trailers: trailers)
    report(call, .ok)
  }

  /// Ends the stream with a status: in one header list when nothing was sent, so that the call stays
  /// retryable (R1), else behind what was.
  private func finish(_ call: ServerStream, _ error: RPCError) {
    let outgoing = call.call.outgoing ?? ServerCall.Outgoing()
    if call.sentEncoding == nil {
      var all = outgoing.response
      all.append(contentsOf: outgoing.trailing)
      all.append(contentsOf: error.metadata)
      session.respond(
        call.stream,
        only: OutgoingFields.list { ResponseFields.trailersOnly(error.status, all, to: &$0) })
    } else {
      var all = outgoing.trailing
      all.append(contentsOf: error.metadata)
      session.finish(
        call.stream,
        trailers: OutgoingFields.list { ResponseFields.trailers(error.status, all, to: &$0) })
    }
    report(call, error.code)
  }

  func reject(_ stream: HTTP2Stream, _ rejection: Rejection, _ method: MethodDescriptor?) {
    let fields = OutgoingFields.list { ResponseFields.rejection(rejection, to: &$0) }
    if rejection.body.isEmpty {
      session.respond(stream, only: fields)
    } else {
      session.respond(stream, head: fields)
      session.send(stream, body: rejection.body)
      session.finish(stream)
    }
    // What else the client wanted to send is not needed; it frees the stream for both (rule R15).
    session.resetWhenSent(stream, .noError)
    began(method, at: now)
    executor.callCounts.ended(well: false)
    counts.streams.ended(well: true)
    observer?.callEnded(
      ServerCallRecord(
        method: method, code: rejection.status.code, duration: .zero, receivedByteCount: 0,
        sentByteCount: 0))
  }

  // MARK: Counts

  /// A call's head was read.
  func began(_ method: @autoclosure () -> MethodDescriptor?, at now: ContinuousClock.Instant) {
    executor.callCounts.startedCount += 1
    executor.callCounts.lastStartedAt = now
    counts.streamBegan(at: now)
    observer?.callStarted(method())
  }

  func noteSent(_ call: ServerStream, byteCount: Int) {
    call.sentByteCount += byteCount
    counts.messageSent(at: now)
  }

  /// Counts once how the call ended, and tells the observer.
  func report(_ call: ServerStream, _ code: StatusCode) {
    guard !call.isReported else { return }
    call.isReported = true
    executor.callCounts.ended(well: code == .ok)
    counts.streams.ended(well: !call.stream.isClosed)
    guard let observer else { return }
    observer.callEnded(
      ServerCallRecord(
        method: call.head.observedMethod, code: code,
        duration: call.call.startedAt.duration(to: .now),
        receivedByteCount: call.receivedByteCount, sentByteCount: call.sentByteCount))
  }
}

/// Header lists that never change.
enum Prepared {
  static let okTrailers = PreparedHeaders(ResponseFields.okTrailers)

  static func plainHead(_ encoding: MessageEncoding) -> PreparedHeaders {
    switch encoding {
    case .identity: identityHead
    case .gzip: gzipHead
    case .deflate: deflateHead
    }
  }

  private static let identityHead = PreparedHeaders(ResponseFields.plainHead(.identity))
  private static let gzipHead = PreparedHeaders(ResponseFields.plainHead(.gzip))
  private static let deflateHead = PreparedHeaders(ResponseFields.plainHead(.deflate))
}
