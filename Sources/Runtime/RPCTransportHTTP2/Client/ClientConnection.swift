internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire

/// The client's part on one connection: sends calls, reads answers.
///
/// `@unchecked Sendable`: touched on its event loop only.
final class ClientConnection: SessionUser, @unchecked Sendable {
  private let head: RequestHead
  // A circle with the channel, on purpose: both live until the connection is closed.
  private let owner: ChannelCore
  private var handler: SessionHandler<ClientConnection>?
  private var reader: ResponseBlockReader
  private(set) var runningCount = 0
  /// The server takes no more calls here (GOAWAY), or the ids are used up.
  private(set) var isDraining = false

  /// What every request of the connection says alike.
  struct RequestHead {
    var scheme: String
    var authority: String
    var userAgent: String
  }

  init(head: RequestHead, limits: CallLimits, owner: ChannelCore) {
    self.head = head
    self.owner = owner
    reader = ResponseBlockReader(limits: limits)
  }

  // MARK: Connection

  func connectionBegan(_ connection: SessionHandler<ClientConnection>) {
    // How long connecting may take is the calls' own to say.
  }

  func connectionOpened(_ connection: SessionHandler<ClientConnection>) {
    handler = connection
    owner.opened(self)
  }

  func connectionClosed(_ reason: String) {
    for stream in handler?.session.liveStreams ?? [] {
      guard let call = call(of: stream) else { continue }
      act(call, call.machine.connectionLost("the connection was lost: \(reason)"))
      stream.context = nil
    }
    handler = nil
    owner.closed(self, reason: reason)
  }

  /// Closes when nothing runs any more; now, if nothing does.
  func close() {
    isDraining = true
    if runningCount == 0 { handler?.close(reason: "the client is done") }
  }

  // MARK: Calls

  /// Whether the connection is up, TLS included.
  var isUsable: Bool { handler != nil }

  /// Whether one more call may be sent now (C1).
  var hasRoom: Bool {
    guard let handler, !isDraining else { return false }
    return runningCount < handler.session.remoteConcurrentStreamCountMax
  }

  /// Sends a call; false when the connection takes none any more.
  func send(_ call: ClientCall) -> Bool {
    guard let handler, !isDraining, handler.session.allowsRequests else { return false }
    let timeout = call.deadline.map { ContinuousClock.now.duration(to: $0.instant) }
    let request = OutgoingRequest(
      method: call.method, scheme: head.scheme, authority: head.authority, timeout: timeout,
      userAgent: head.userAgent, metadata: call.metadata)
    guard
      let stream = handler.session.request(
        OutgoingFields.list { RequestFields.head(request, to: &$0) })
    else {
      isDraining = true
      return false
    }
    runningCount += 1
    stream.context = call
    call.stream = stream
    call.connection = self
    handler.session.send(
      stream, head: MessagePrefix(messageByteCount: call.request.count).bits,
      headByteCount: MessagePrefix.byteCount, body: call.request)
    handler.session.finish(stream)
    call.machine.requestEnded()
    handler.setNeedsFlush()
    return true
  }

  /// Does what a call's machine says.
  func act(_ call: ClientCall, _ action: OnResponse) {
    guard case .finish(let outcome) = action else { return }
    if let code = outcome.reset, let stream = call.stream {
      handler?.session.reset(stream, HTTP2ErrorCode(rawValue: code.rawValue))
      handler?.setNeedsFlush()
    }
    owner.finished(call, outcome)
  }

  // MARK: Events

  func handle(_ event: HTTP2Event, input: Span<UInt8>) {
    switch event {
    case .headers(let stream, let endsStream):
      received(stream.headers, on: stream, endsStream: endsStream)
    case .trailers(let stream):
      received(stream.trailers, on: stream, endsStream: stream.isRemoteEnded)
    case .data(let stream, let range, let endsStream):
      handler?.session.consume(stream, byteCount: range.count)
      handler?.setNeedsFlush()
      guard let call = call(of: stream) else { return }
      act(call, call.machine.received(input.extracting(range)))
      if endsStream { act(call, call.machine.receivedEnd()) }
    case .endOfStream(let stream):
      guard let call = call(of: stream) else { return }
      act(call, call.machine.receivedEnd())
    case .closed(let stream, let code):
      closed(stream, ResetCode(rawValue: code.rawValue))
    case .goAway:
      isDraining = true
      owner.drained(self)
      if runningCount == 0 { handler?.close(reason: "the server takes no more calls") }
    case .settings:
      owner.sendWaiting()
    case .pingAcknowledged, .sendable:
      break
    }
  }

  private func received(_ block: HeaderBlock, on stream: HTTP2Stream, endsStream: Bool) {
    guard let call = call(of: stream) else { return }
    // A server that counts the same deadline answers at about the same moment; the caller should not
    // see which of the two was faster (R14).
    if call.hasExpired { act(call, call.machine.deadlinePassed()) }
    let bytes = block.bytes.span
    for field in block.fields {
      reader.field(name: bytes.extracting(field.name), value: bytes.extracting(field.value))
    }
    let read = reader.finish(isOversized: block.isOversized)
    act(call, call.machine.received(read, endsStream: endsStream))
  }

  private func closed(_ stream: HTTP2Stream, _ code: ResetCode) {
    guard let call = call(of: stream) else { return }
    if call.hasExpired { act(call, call.machine.deadlinePassed()) }
    if stream.headers.isOversized || stream.trailers.isOversized {
      // The session has reset what was so far over the limit that it did not even end (T4).
      act(call, call.machine.received(reader.finish(isOversized: true), endsStream: true))
    }
    act(call, call.machine.streamReset(code))
    if call.stream === stream {
      call.stream = nil
      call.connection = nil
    }
    stream.context = nil
    runningCount -= 1
    owner.sendWaiting()
    if isDraining, runningCount == 0 { handler?.close(reason: "the last call has ended") }
  }

  private func call(of stream: HTTP2Stream) -> ClientCall? {
    // SAFETY: every context on this connection is a ClientCall: `send` alone sets them.
    stream.context.map { unsafe unsafeDowncast($0, to: ClientCall.self) }
  }
}
