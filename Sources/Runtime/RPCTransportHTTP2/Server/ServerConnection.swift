internal import HTTP2
internal import Logging
internal import NIOCore
internal import RPCCore
internal import RPCWire

/// The server's part of one connection: finds handlers, starts them, answers.
///
/// Requests are in `+Requests`, answers in `+Responses` and room for them in `+Room`, what it holds in
/// `+Holdings`, patience and age in `+Life`.
final class ServerConnection: SessionUser, @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  /// Its number among all that the server's directory knows.
  let id: IntrospectionID
  let executor: LoopExecutor
  let session: HTTP2Session
  let accounts: ServerAccounts
  /// The configuration's, here once more: what a call looks at is reached without a detour.
  let limits: HTTP2Server.Limits
  let observer: (any ServerObserver)?
  /// What the connections of its address hold together; on a unix socket what all do.
  private(set) var account: SharedAccount
  private(set) var handler: SessionHandler<ServerConnection>?
  private(set) var identity = PeerIdentity(address: "")

  var reader: RequestHeadReader
  /// What was read last, and the headers it was read from.
  var lastHead: AcceptedHead?
  var lastHeaders: AnyObject?
  var runningHandlerCount = 0

  /// Bytes of all its calls' requests: of their heads, of messages that are not complete, of those that are
  /// and wait for their handlers, and of those that unary handlers were given.
  var headByteCount = 0
  var assemblingByteCount = 0
  var waitingByteCount = 0
  var takenByteCount = 0
  /// Bytes that came while too many waited, for which the client has no credit yet.
  var withheldByteCount = 0
  /// Calls that wait until their client has taken what was answered before, in their turn.
  var waitingForRoom: [ServerStream] = []
  /// Bytes of all requests that have come so far.
  var arrivedByteCount = 0
  /// What it has told the accounts.
  var toldHoldings = Holdings()

  // SAFETY: on the loop only, and counting calls nobody.
  @safe @exclusivity(unchecked) var counts = ConnectionCounts()
  var life: ConnectionLife

  /// When the bytes that are being handled were read; one look at the clock serves all their calls.
  private(set) var now = ContinuousClock.now

  private let peer: @Sendable (any Channel) -> PeerIdentity

  init(
    accounts: ServerAccounts, router: Router, executor: LoopExecutor,
    peer: @escaping @Sendable (any Channel) -> PeerIdentity
  ) throws {
    let configuration = accounts.configuration
    var frames = configuration.limits.http2
    frames.headerListByteCountMax = configuration.limits.calls.headerListByteCountMax
    frames.headerFieldCountMax = configuration.limits.calls.headerFieldCountMax
    self.session = try HTTP2Session(role: .server, limits: frames)
    self.id = configuration.directory.makeID()
    self.accounts = accounts
    self.account = accounts.everybody
    self.limits = configuration.limits
    self.observer = configuration.observer
    self.executor = executor
    self.peer = peer
    self.life = ConnectionLife(configuration.limits)
    self.reader = RequestHeadReader(router: router, limits: configuration.limits.calls)
  }

  /// It is one of those that share the account. Told before it holds anything.
  func join(_ account: SharedAccount) { self.account = account }

  var messageByteCountMax: Int { limits.calls.messageByteCountMax }

  func setNeedsFlush() { handler?.setNeedsFlush() }

  // MARK: Connection

  func connectionBegan(_ connection: SessionHandler<ServerConnection>) {
    handler = connection
    beginSetup()
  }

  func connectionOpened(_ connection: SessionHandler<ServerConnection>) {
    if let channel = connection.context?.channel { identity = peer(channel) }
    observer?.connectionOpened(identity)
    life.isOpen = true
    if life.isDraining { beginGoAway() }
  }

  func connectionClosed(_ reason: String) {
    endLife()
    for stream in session.liveStreams {
      (stream.context as? ServerStream).map { abandon($0) }
      stream.context = nil
    }
    // Handlers that run on hold the session; what was to be sent goes with nobody to send it to.
    session.dropBodies()
    handler = nil
    tellHoldings()
    if life.isOpen { observer?.connectionClosed(identity, reason: reason) }
    accounts.configuration.logger.debug("connection closed", metadata: ["reason": "\(reason)"])
  }

  // MARK: Events

  func readBegan(at instant: ContinuousClock.Instant) { now = instant }

  func passEnded() {
    if session.outboundByteCount > 0 { watchCalls() }
    callThoseWhoWait()
    tellHoldings()
  }

  func handle(_ event: HTTP2Event, input: Span<UInt8>) {
    switch event {
    case .headers(let stream, let endsStream):
      requestHead(stream, endsStream: endsStream)
    case .data(let stream, let range, let endsStream):
      guard let call = call(of: stream) else {
        session.consume(stream, byteCount: range.count)
        return
      }
      received(call, input.extracting(range), endsStream: endsStream)
    case .endOfStream(let stream), .trailers(let stream):
      guard let call = call(of: stream) else { return }
      act(call, call.machine.receivedEnd())
    case .sendable(let stream):
      call(of: stream)?.writer?.wake()
    case .closed(let stream, _):
      streamClosed()
      guard let call = call(of: stream) else { return }
      abandon(call)
    case .pingAcknowledged(let payload):
      pingAcknowledged(payload)
    case .settings:
      endSetup()
    case .goAway:
      break
    }
  }

  func call(of stream: HTTP2Stream) -> ServerStream? {
    // SAFETY: every context on this connection is a ServerStream: `accept` alone sets them.
    stream.context.map { unsafe unsafeDowncast($0, to: ServerStream.self) }
  }

  /// The stream is gone, however it went.
  private func abandon(_ call: ServerStream) {
    if call.isSet { executor.timers.clear(call) }
    if call.machine.failed().cancelsHandler { call.cancelHandler() }
    settleLast(call)
    headByteCount -= call.headByteCount
    report(call, .cancelled)
  }
}
