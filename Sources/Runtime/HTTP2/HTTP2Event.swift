/// What happened on a session, in the order in which it happened.
public enum HTTP2Event {
  /// The first header list of a message has arrived; it is in `stream.headers`. Lists of status 1xx
  /// are skipped. With `isOversized` the list is not complete.
  case headers(HTTP2Stream, endsStream: Bool)

  /// A second header list has arrived; it is in `stream.trailers`.
  case trailers(HTTP2Stream)

  /// Bytes of the body: a range of the very bytes given to `receive`. They hold credit until
  /// `consume` gives it back. `endsStream` when they are the last.
  case data(HTTP2Stream, Range<Int>, endsStream: Bool)

  /// The peer has ended its side with a frame that has no bytes and no header list.
  case endOfStream(HTTP2Stream)

  /// As much of our body was sent as `announceSendable` waits for.
  case sendable(HTTP2Stream)

  /// The stream is gone. Also comes for streams that never had a `headers` event.
  case closed(HTTP2Stream, HTTP2ErrorCode)

  /// The peer takes no new streams. Streams above `lastStreamID` were not and will not be processed.
  case goAway(lastStreamID: Int32, HTTP2ErrorCode, debugData: [UInt8])

  /// The peer's settings have changed.
  case settings

  /// Our PING came back.
  case pingAcknowledged(UInt64)
}
