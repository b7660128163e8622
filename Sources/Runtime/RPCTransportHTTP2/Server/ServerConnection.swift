internal import HTTP2
internal import Logging
internal import NIOCore
internal import RPCCore
internal import RPCWire

/// The server's part of one connection: finds handlers, starts them, answers.
final class ServerConnection: SessionUser, @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  let executor: LoopExecutor
  let session: HTTP2Session
  private(set) var runningHandlerCount = 0

  private let configuration: HTTP2Server.Configuration
  private let peer: @Sendable (any Channel) -> PeerIdentity
  private var handler: SessionHandler<ServerConnection>?
  private var identity = PeerIdentity(address: "")
  private var reader: RequestHeadReader
  private var lastHead: (identity: AnyObject, head: AcceptedHead)?
  private var timer: DeadlineTimer<ServerStream>
  private var setupTimer: Scheduled<Void>?
  private var drainTimer: Scheduled<Void>?
  private var isDraining = false
  private var hasSentFinalGoAway = false

  init(
    configuration: HTTP2Server.Configuration, router: Router, executor: LoopExecutor,
    peer: @escaping @Sendable (any Channel) -> PeerIdentity
  ) throws {
    self.session = try HTTP2Session(role: .server, limits: configuration.limits)
    self.configuration = configuration
    self.executor = executor
    self.peer = peer
    self.reader = RequestHeadReader(router: router, limits: configuration.wireLimits)
    self.timer = DeadlineTimer(eventLoop: executor.eventLoop)
  }

  // MARK: Connection

  func connectionBegan(_ connection: SessionHandler<ServerConnection>) {
    setupTimer = executor.eventLoop.scheduleTask(in: ServerTimeouts.setup) {
      connection.close(reason: "the client sent no SETTINGS in time")
    }
  }

  func connectionOpened(_ connection: SessionHandler<ServerConnection>) {
    handler = connection
    if let channel = connection.context?.channel { identity = peer(channel) }
    timer.onExpiry = { [unowned self] in deadlinePassed($0) }
    if isDraining { beginGoAway() }
  }

  func connectionClosed(_ reason: String) {
    setupTimer?.cancel()
    drainTimer?.cancel()
    timer.stop()
    for stream in session.liveStreams {
      (stream.context as? ServerStream).map { abandon($0) }
      stream.context = nil
    }
    handler = nil
    configuration.logger.debug("connection closed", metadata: ["reason": "\(reason)"])
  }

  /// Takes no new calls; the connection closes when those that run have ended.
  func drain() {
    guard !isDraining else { return }
    isDraining = true
    if handler != nil { beginGoAway() }
  }

  /// Cancels what still runs and closes.
  func abort() { handler?.close(reason: "the server stopped") }

  // The first GOAWAY lets calls arrive that were under way; the PING's answer proves that the client
  // has read it, and the second GOAWAY then names the last call (rule C2).
  private func beginGoAway() {
    session.announceShutdown()
    session.ping(Self.drainPing)
    handler?.setNeedsFlush()
    drainTimer = executor.eventLoop.scheduleTask(in: ServerTimeouts.drainPing) { [self] in
      sendFinalGoAway()
    }
  }

  private func sendFinalGoAway() {
    guard !hasSentFinalGoAway else { return }
    hasSentFinalGoAway = true
    drainTimer?.cancel()
    session.goAway()
    handler?.setNeedsFlush()
  }

  private static let drainPing: UInt64 = 0x6472_6169_6e00_0001

  // MARK: Events

  func handle(_ event: HTTP2Event, input: Span<UInt8>) {
    switch event {
    case .headers(let stream, let endsStream):
      requestHead(stream, endsStream: endsStream)
    case .data(let stream, let range, let endsStream):
      session.consume(stream, byteCount: range.count)
      guard let call = call(of: stream) else { return }
      act(call, call.machine.received(input.extracting(range)))
      if endsStream { act(call, call.machine.receivedEnd()) }
    case .endOfStream(let stream), .trailers(let stream):
      guard let call = call(of: stream) else { return }
      act(call, call.machine.receivedEnd())
    case .closed(let stream, _):
      guard let call = call(of: stream) else { return }
      abandon(call)
    case .pingAcknowledged(Self.drainPing):
      sendFinalGoAway()
    case .settings:
      setupTimer?.cancel()
      setupTimer = nil
    case .pingAcknowledged, .goAway:
      break
    }
  }

  private func call(of stream: HTTP2Stream) -> ServerStream? {
    // SAFETY: every context on this connection is a ServerStream: `requestHead` alone sets them.
    stream.context.map { unsafe unsafeDowncast($0, to: ServerStream.self) }
  }

  private func requestHead(_ stream: HTTP2Stream, endsStream: Bool) {
    if let lastHead, stream.headersIdentity === lastHead.identity {
      accept(stream, lastHead.head, endsStream: endsStream)
      return
    }
    switch read(stream.headers) {
    case .reject(let rejection):
      reject(stream, rejection)
    case .call(let head):
      guard let head = AcceptedHead(head) else { return }
      // A client repeats itself from call to call, so what was found out mostly serves again.
      lastHead = (stream.headersIdentity, head)
      accept(stream, head, endsStream: endsStream)
    }
  }

  private func accept(_ stream: HTTP2Stream, _ head: AcceptedHead, endsStream: Bool) {
    guard runningHandlerCount < configuration.runningHandlerCountMax else {
      session.reset(stream, .refusedStream)
      return
    }
    let now = handler?.readInstant ?? .now
    let call = ServerStream(
      connection: self, stream: stream, head: head,
      call: ServerCall(
        method: head.method, requestMetadata: head.metadata,
        deadline: head.timeout.map { Deadline($0, after: now) }, peer: identity, startedAt: now),
      messageByteCountMax: configuration.maxRequestBytes)
    stream.context = call
    if head.timeout != nil { timer.insert(call) }
    if endsStream { act(call, call.machine.receivedEnd()) }
  }

  private func read(_ block: HeaderBlock) -> OnRequestHead {
    let bytes = block.bytes.span
    for field in block.fields {
      reader.field(name: bytes.extracting(field.name), value: bytes.extracting(field.value))
    }
    return reader.finish(isOversized: block.isOversized)
  }

  private func act(_ call: ServerStream, _ action: OnRequest) {
    switch action {
    case .none:
      break
    case .dispatch(let request):
      call.dispatch(request)
    case .fail(let error, let reset):
      timer.remove(call)
      fail(call, error)
      if let reset {
        session.resetWhenSent(call.stream, HTTP2ErrorCode(rawValue: reset.rawValue))
      }
    }
  }

  /// The stream is gone, however it went.
  private func abandon(_ call: ServerStream) {
    timer.remove(call)
    if call.machine.streamClosed().cancelsHandler { call.cancelHandler() }
  }

  private func deadlinePassed(_ call: ServerStream) {
    let action = call.machine.deadlinePassed()
    if let code = action.reset {
      // A stock client whose own timer is a moment later than this one would call a bare reset
      // CANCELLED, so the status goes before it (rule D7).
      fail(call, RPCError(.deadlineExceeded, "the deadline passed"))
      session.resetWhenSent(call.stream, HTTP2ErrorCode(rawValue: code.rawValue))
      handler?.setNeedsFlush()
    }
    if action.cancelsHandler { call.cancelHandler() }
  }

  // MARK: Answers

  /// A handler's task was made.
  func handlerStarted() { runningHandlerCount += 1 }

  /// The handler's task has the answer; called on the loop, within a pass.
  func handlerFinished(_ call: ServerStream, _ result: Result<[UInt8], any Error>) {
    executor.eventLoop.assertInEventLoop()
    runningHandlerCount -= 1
    guard case .respond = call.machine.handlerFinished(), let handler else { return }
    timer.remove(call)
    switch result {
    case .success(let message): succeed(call, message)
    case .failure(let error): fail(call, RPCError(thrownByHandler: error))
    }
    handler.setNeedsFlush()
  }

  private func succeed(_ call: ServerStream, _ message: [UInt8]) {
    var head = FieldList.prepared(Prepared.plainHead)
    var trailers = FieldList.prepared(Prepared.okTrailers)
    let metadata = call.call.outgoingMetadata
    if !metadata.response.isEmpty {
      head = OutgoingFields.list { ResponseFields.head(metadata.response, to: &$0) }
    }
    if !metadata.trailing.isEmpty {
      trailers = OutgoingFields.list { ResponseFields.trailers(.ok, metadata.trailing, to: &$0) }
    }
    session.respond(call.stream, head: head)
    session.send(
      call.stream, head: MessagePrefix(messageByteCount: message.count).bits,
      headByteCount: MessagePrefix.byteCount, body: message)
    session.finish(call.stream, trailers: trailers)
  }

  private func fail(_ call: ServerStream, _ error: RPCError) {
    let metadata = call.call.outgoingMetadata
    var all = metadata.response
    all.append(contentsOf: metadata.trailing)
    all.append(contentsOf: error.metadata)
    let fields = OutgoingFields.list { ResponseFields.trailersOnly(error.status, all, to: &$0) }
    session.respond(call.stream, only: fields)
  }

  private func reject(_ stream: HTTP2Stream, _ rejection: Rejection) {
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
  }
}

/// Header lists that never change.
enum Prepared {
  static let plainHead = PreparedHeaders(ResponseFields.plainHead)
  static let okTrailers = PreparedHeaders(ResponseFields.okTrailers)
}

/// How long a server waits for a client, by what it waits for.
enum ServerTimeouts {
  /// The TLS handshake, preface and SETTINGS, from the moment there is a socket (attack T11).
  static let setup = TimeAmount.seconds(10)
  /// The answer to the PING of a graceful stop (rule C2).
  static let drainPing = TimeAmount.seconds(5)
}
