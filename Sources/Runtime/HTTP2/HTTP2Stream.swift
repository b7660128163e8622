/// One stream of a session, and what waits to be sent on it.
///
/// Belongs to its session's thread. The session uses the object again for a later stream once
/// nobody else holds it, so holding one for ever is allowed and never shows another stream's data.
public final class HTTP2Stream {
  // SAFETY: touched on the session's thread, as `HTTP2Session.state`. What the session's users may do while an
  // access lasts is to write into the buffer that `send` lends them, and nothing here is reached from there.
  @safe @exclusivity(unchecked) var state = State()

  init() {}

  /// The number on the wire.
  public var id: Int32 { state.id }

  /// The request's or response's first header list.
  public var headers: HeaderBlock { state.headers.block }

  /// Stands for the content of `headers`: on one session, lists of the same content mostly are the same
  /// object, so what was found out about one need not be found out again.
  public var headersIdentity: AnyObject { state.headers }

  /// Whether that is the `headersIdentity` of this stream.
  public func hasHeaders(_ identity: AnyObject?) -> Bool { state.headers === identity }

  /// Stands for the content of `trailers`, as ``headersIdentity`` for that of `headers`.
  public var trailersIdentity: AnyObject { state.trailers }

  /// The header list after the body.
  public var trailers: HeaderBlock { state.trailers.block }

  /// The stream is gone; whatever is still submitted for it is ignored.
  public var isClosed: Bool { state.isClosed }

  /// The peer has sent its last frame of this stream.
  public var isRemoteEnded: Bool { state.isRemoteEnded }

  /// Bytes of our body that wait to be sent.
  public var outboundByteCount: Int { state.outbound.byteCount }

  /// Bytes of our body that were sent.
  public var sentByteCount: Int { state.sentByteCount }

  /// On a client: the request's header list has left the session, so that the server may have seen it.
  public var hasSentHeaders: Bool { state.hasSentHeaders }

  /// Whatever the user of the session keeps for this stream; dropped when the stream closes.
  public var context: AnyObject? {
    get { state.context }
    set { state.context = newValue }
  }

  struct State: ~Copyable {
    var id: Int32 = 0
    var headers = ReceivedList.empty
    var trailers = ReceivedList.empty
    var isClosed = false
    var isRemoteEnded = false
    var context: AnyObject?
    var outbound = OutboundBody()
    var outboundEnd = OutboundEnd.open
    var sentByteCount = 0
    /// Announce when no more than this waits; -1 for never.
    var sendableByteCount = -1
    /// libnghttp2 will not ask for more bytes until it is told that there are some.
    var isDeferred = false
    var hasSubmittedHeaders = false
    var hasSentHeaders = false
    var hasFinalHeaders = false
    var resetWhenSent: HTTP2ErrorCode?
    /// We asked for the reset ourselves, so it does not count as forced by the peer.
    var hasRequestedReset = false
    /// What a queued header list points into. The one sent last, once the stream is closed.
    var preparedFields: PreparedHeaders?
    /// Index in the session's list of live streams.
    var liveIndex = 0
  }

  /// Makes the object as new for another stream, keeping its buffers. The header lists stay until the
  /// new stream's replace them: no event shows them before that.
  func reset(id: Int32, liveIndex: Int) {
    state.id = id
    state.liveIndex = liveIndex
    state.isClosed = false
    state.isRemoteEnded = false
    state.outbound.removeAll()
    state.outboundEnd = .open
    state.sentByteCount = 0
    state.sendableByteCount = -1
    state.isDeferred = false
    state.hasSubmittedHeaders = false
    state.hasSentHeaders = false
    state.hasFinalHeaders = false
    state.resetWhenSent = nil
    state.hasRequestedReset = false
  }
}

/// How our side of a stream ends once its bytes are sent.
enum OutboundEnd {
  /// More may come.
  case open
  /// With END_STREAM on the last DATA frame.
  case endOfStream
  /// With a header list of its own.
  case trailers(FieldList)
}

/// A header list that was received, shared by all streams that received the same.
final class ReceivedList: Sendable {
  static let empty = ReceivedList(HeaderBlock())

  let block: HeaderBlock
  /// A response head with status 1xx, after which another head follows.
  let isInformational: Bool

  init(_ block: HeaderBlock) {
    self.block = block
    isInformational = block.isInformational
  }
}
