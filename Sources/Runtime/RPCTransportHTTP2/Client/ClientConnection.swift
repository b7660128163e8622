internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire

/// The client's part on one connection: sends calls, reads answers.
///
/// `@unchecked Sendable`: touched on its event loop only.
final class ClientConnection: SessionUser, @unchecked Sendable {
  private let heads: RequestHeads
  // A circle with the subchannel, on purpose: both live until the connection is closed.
  private let owner: Subchannel
  private(set) var handler: SessionHandler<ClientConnection>?
  private var reader: ResponseBlockReader
  private var lastHead: ResponseList?
  private var lastTrailers: ResponseList?
  private(set) var runningCount = 0
  /// The server takes no more calls here (GOAWAY), or the ids are used up.
  private(set) var isDraining = false
  /// The server has said its settings, so it speaks HTTP/2.
  private(set) var isUsable = false
  /// There is a socket, whatever becomes of it.
  var isConnected = false
  /// The socket is ours to speak on, TLS included.
  private var isOpen = false
  /// Calls of the channel's have been sent on it.
  private(set) var hasCarriedCalls = false
  private var streamCountMax = 0
  var keepalive: ClientKeepalive?
  /// Since when it has no calls, and what closes it if that lasts.
  var unusedSince = ContinuousClock.now
  var unusedAlarm: Alarm?

  init(heads: RequestHeads, limits: CallLimits, owner: Subchannel) {
    self.heads = heads
    self.owner = owner
    reader = ResponseBlockReader(limits: limits)
  }

  // MARK: Connection

  func connectionBegan(_ connection: SessionHandler<ClientConnection>) {
    // Kept from here on, so that one that nobody needs any more can be given up before it is made.
    handler = connection
  }

  func connectionOpened(_ connection: SessionHandler<ClientConnection>) {
    // How long connecting may take is watched from outside.
    isConnected = true
    isOpen = true
  }

  func readBegan(at instant: ContinuousClock.Instant) { keepalive?.heard(at: instant) }

  func connectionClosed(_ reason: String) {
    let reason = isOpen && !isUsable ? "the server did not begin HTTP/2: \(reason)" : reason
    isUsable = false
    isDraining = true
    keepalive?.stop()
    for stream in handler?.session.liveStreams ?? [] {
      guard let attempt = attempt(of: stream) else { continue }
      stream.context = nil
      attempt.stream = nil
      attempt.connection = nil
      attempt.act(
        stream.hasSentHeaders
          ? attempt.machine.connectionLost("the connection was lost: \(reason)")
          : attempt.machine.wasNotProcessed(.neverLeft))
    }
    handler = nil
    // Who connects knows better why there is no socket.
    if isConnected { owner.closed(self, reason: reason) }
  }

  /// Takes no more calls, and closes when nothing runs any more.
  func close(reason: String = "the client is done") {
    isDraining = true
    if runningCount == 0 { handler?.close(reason: reason) }
  }

  /// Closes once what was written has left, or soon after.
  func closeNow() {
    isDraining = true
    handler?.close(reason: "the client is done")
  }

  /// Ends the connection with all that runs on it.
  func abandon(reason: String) { handler?.abandon(reason: reason) }

  // MARK: Calls

  /// Whether one more call may be sent now (C1).
  var hasRoom: Bool { isUsable && !isDraining && runningCount < streamCountMax }

  /// Sends an attempt; false when the connection takes none any more.
  func start(_ attempt: ClientAttempt) -> Bool {
    guard let handler, hasRoom else { return false }
    guard let call = attempt.call else { return true }
    guard handler.session.allowsRequests,
      let stream = handler.session.request(heads.list(for: attempt, of: call))
    else {
      isDraining = true
      // Not at once: whoever asks is in the middle of choosing.
      handler.executor.eventLoop.execute { [self] in
        owner.drained(self, hasPingedTooOften: false)
        close()
      }
      return false
    }
    runningCount += 1
    if call.pinned == nil { hasCarriedCalls = true }
    if runningCount == 1 { keepalive?.callsChanged(hasCalls: true) }
    stream.context = attempt
    attempt.stream = stream
    attempt.connection = self
    attempt.sendRequests()
    handler.setNeedsFlush()
    // Who waited because there was no stream asks the stream from now on.
    call.waiters?.writer.wake()
    return true
  }

  func send(_ message: RequestBuffer.Message, on stream: HTTP2Stream) {
    handler?.session.send(
      stream,
      head: MessagePrefix(messageByteCount: message.bytes.count, isCompressed: message.isCompressed)
        .bits,
      headByteCount: MessagePrefix.byteCount, body: message.bytes)
    handler?.setNeedsFlush()
  }

  /// The attempt has sent its last request.
  func finish(_ attempt: ClientAttempt) {
    guard let stream = attempt.stream else { return }
    attempt.machine.requestEnded()
    handler?.session.finish(stream)
    handler?.setNeedsFlush()
  }

  /// Tells the attempt's writer when no more than `byteCount` bytes wait.
  func announceRoom(on stream: HTTP2Stream, below byteCount: Int) {
    handler?.session.announceSendable(stream, below: byteCount)
  }

  /// The server may send more for what was taken.
  func returnCredit(of attempt: ClientAttempt) {
    guard let stream = attempt.stream else { return }
    handler?.session.returnStreamCredit(stream, byteCount: attempt.machine.takeCredit())
    handler?.setNeedsFlush()
  }

  /// The attempt is over; its stream is reset where that is due.
  func ended(_ attempt: ClientAttempt, _ code: ResetCode?) {
    guard let stream = attempt.stream else { return }
    if let code {
      handler?.session.reset(stream, HTTP2ErrorCode(rawValue: code.rawValue))
      handler?.setNeedsFlush()
    }
  }

  // MARK: Events

  func handle(_ event: HTTP2Event, input: Span<UInt8>) {
    switch event {
    case .headers(let stream, let endsStream):
      received(head(of: stream), on: stream, endsStream: endsStream)
    case .trailers(let stream):
      received(trailers(of: stream), on: stream, endsStream: stream.isRemoteEnded)
    case .data(let stream, let range, let endsStream):
      received(input.extracting(range), on: stream, endsStream: endsStream)
    case .endOfStream(let stream):
      guard let attempt = attempt(of: stream) else { return }
      attempt.act(attempt.machine.receivedEnd())
    case .closed(let stream, let code):
      closed(stream, ResetCode(rawValue: code.rawValue))
    case .goAway(_, let code, let debugData):
      isDraining = true
      owner.drained(
        self,
        hasPingedTooOften: code == .enhanceYourCalm
          && debugData.elementsEqual("too_many_pings".utf8))
      if runningCount == 0 { handler?.close(reason: "the server takes no more calls") }
    case .settings:
      settingsCame()
    case .pingAcknowledged:
      break
    case .sendable(let stream):
      attempt(of: stream)?.call?.waiters?.writer.wake()
    }
  }

  private func settingsCame() {
    streamCountMax = handler?.session.remoteConcurrentStreamCountMax ?? 0
    let isFirst = !isUsable
    isUsable = true
    if isFirst { owner.opened(self) } else { owner.sendWaiting() }
  }

  private func received(_ list: ResponseList, on stream: HTTP2Stream, endsStream: Bool) {
    guard let attempt = attempt(of: stream) else { return }
    // At the deadline the server resets too; which of the two is first is nobody's business (R14).
    if endsStream { attempt.endIfOverdue() }
    attempt.act(attempt.machine.received(list.block, endsStream: endsStream))
  }

  // Most answers of a server have the same head and the same trailers, which are read once.

  private func head(of stream: HTTP2Stream) -> ResponseList {
    if let lastHead, lastHead.identity === stream.headersIdentity { return lastHead }
    let list = ResponseList(stream.headersIdentity, read(stream.headers))
    lastHead = list
    return list
  }

  private func trailers(of stream: HTTP2Stream) -> ResponseList {
    if let lastTrailers, lastTrailers.identity === stream.trailersIdentity { return lastTrailers }
    let list = ResponseList(stream.trailersIdentity, read(stream.trailers))
    lastTrailers = list
    return list
  }

  private func read(_ block: HeaderBlock) -> ResponseBlock {
    for field in block.fields {
      reader.field(
        name: block.bytes.span.extracting(field.name),
        value: block.bytes.span.extracting(field.value))
    }
    return reader.finish(isOversized: block.isOversized)
  }

  private func received(_ chunk: Span<UInt8>, on stream: HTTP2Stream, endsStream: Bool) {
    handler?.session.returnConnectionCredit(byteCount: chunk.count)
    guard let attempt = attempt(of: stream) else { return }
    attempt.act(attempt.machine.received(chunk))
    handler?.session.returnStreamCredit(stream, byteCount: attempt.machine.takeCredit())
    if endsStream { attempt.act(attempt.machine.receivedEnd()) }
  }

  private func closed(_ stream: HTTP2Stream, _ code: ResetCode) {
    runningCount -= 1
    if runningCount == 0 { keepalive?.callsChanged(hasCalls: false) }
    if let attempt = attempt(of: stream) {
      stream.context = nil
      attempt.stream = nil
      attempt.connection = nil
      attempt.endIfOverdue()
      // Both sides done is an end as well, which the machine has heard of.
      attempt.act(
        code == .refusedStream && !stream.hasSentHeaders
          ? attempt.machine.wasNotProcessed(.neverLeft) : attempt.machine.streamReset(code))
    }
    if isDraining {
      if runningCount == 0 { handler?.close(reason: "its last call is over") }
    } else {
      owner.roomCame(on: self)
    }
  }

  private func attempt(of stream: HTTP2Stream) -> ClientAttempt? {
    // SAFETY: only `start` sets a context here, and always an attempt.
    stream.context.map { unsafe unsafeDowncast($0, to: ClientAttempt.self) }
  }
}

/// A header list of a response that was read, and what stands for its content.
private final class ResponseList {
  let identity: AnyObject
  let block: ResponseBlock

  init(_ identity: AnyObject, _ block: ResponseBlock) {
    self.identity = identity
    self.block = block
  }
}
