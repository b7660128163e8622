/// One stream of a session, and what waits to be sent on it.
///
/// Belongs to its session's thread. The session uses the object again for a later stream once
/// nobody else holds it, so holding one for ever is allowed and never shows another stream's data.
public final class HTTP2Stream {
  /// The number on the wire.
  public internal(set) var id: Int32 = 0

  /// The request's or response's first header list.
  public internal(set) var headers = HeaderBlock()

  /// The header list after the body.
  public internal(set) var trailers = HeaderBlock()

  /// The stream is gone; whatever is still submitted for it is ignored.
  public internal(set) var isClosed = false

  /// The peer has sent its last frame of this stream.
  public internal(set) var isRemoteEnded = false

  /// Whatever the user of the session keeps for this stream; dropped when the stream closes.
  public var context: AnyObject?

  /// Bytes that wait for sending.
  public var outboundByteCount: Int { outbound.byteCount }

  var outbound = OutboundBody()
  var outboundEnd = OutboundEnd.open
  /// libnghttp2 will not ask for more bytes until it is told that there are some.
  var isDeferred = false
  var hasSubmittedHeaders = false
  var hasFinalHeaders = false
  var resetWhenSent: HTTP2ErrorCode?
  /// We asked for the reset ourselves, so it does not count as forced by the peer.
  var hasRequestedReset = false
  /// Index in the session's list of live streams.
  var liveIndex = 0

  init() {}

  /// Makes the object as new, keeping its buffers.
  func reset(id: Int32) {
    self.id = id
    headers.removeAll()
    trailers.removeAll()
    isClosed = false
    isRemoteEnded = false
    context = nil
    outbound.removeAll()
    outboundEnd = .open
    isDeferred = false
    hasSubmittedHeaders = false
    hasFinalHeaders = false
    resetWhenSent = nil
    hasRequestedReset = false
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

/// A header list to send.
public enum FieldList {
  /// One that never changes; nothing is copied.
  case prepared(PreparedHeaders)
  /// One made for the occasion.
  case block(HeaderBlock)
}
