/// Every quantity one peer may make us hold, count or do, each with its ceiling.
///
/// The defaults are for servers that face strangers; RFC 9113 § 10.5 lists the abuses behind them.
public struct HTTP2Limits: Sendable, Hashable {
  /// Streams the peer may have open at once; sent as SETTINGS_MAX_CONCURRENT_STREAMS.
  public var concurrentStreamCountMax: Int = 100

  /// Bytes of one header list, counted as RFC 9113 § 6.5.2 does: name + value + 32 for each field.
  /// Past it a block is marked `isOversized` and the rest is dropped; past twice it the stream is reset.
  public var headerListByteCountMax: Int = 16 * 1024

  /// Fields of one header list; the same two steps as for bytes.
  public var headerFieldCountMax: Int = 128

  /// Bytes the peer may send on one stream before we grant more.
  public var streamWindowByteCount: Int = 1 << 20

  /// Bytes the peer may send on the whole connection before we grant more.
  public var connectionWindowByteCount: Int = 4 << 20

  /// Bytes of one header block we are willing to send.
  public var sentHeaderBlockByteCountMax: Int = 256 * 1024

  /// Acknowledgements (SETTINGS, PING) that may wait for a peer who does not read.
  public var outboundAcknowledgementCountMax: Int = 64

  /// Frames that may wait for a peer who does not read, whatever their type.
  public var outboundFrameCountMax: Int = 1000

  /// Entries of one SETTINGS frame.
  public var settingsEntryCountMax: Int = 32

  /// CONTINUATION frames of one header block.
  public var continuationCountMax: Int = 16

  /// Streams a client may reset in one go, and each second after that.
  public var streamResetBurst: Int = 200
  public var streamResetPerSecond: Int = 20

  /// The shortest time between two PINGs of a peer that has streams open, when nothing was sent to it in
  /// between. gRFC A8's five minutes; clients that ping more often are told `too_many_pings`.
  public var pingIntervalMinNanoseconds: UInt64 = 300_000_000_000

  /// The same for a peer without streams, unless `permitsPingsWithoutStreams`.
  public var pingIntervalMinWithoutStreamsNanoseconds: UInt64 = 7_200_000_000_000

  /// Whether a peer without streams may ping as one with.
  public var permitsPingsWithoutStreams = false

  /// PINGs that come too soon and are let pass; one more ends the connection.
  public var pingStrikeCountMax = 2

  /// Ceilings for `FrameCounters`, each for one counting window.
  public var countingWindowNanoseconds: UInt64 = 10_000_000_000
  public var idlePingCountMax: Int = 100
  public var settingsFrameCountMax: Int = 20
  public var forcedResetCountMax: Int = 100
  /// What `streamResetBurst` and `streamResetPerSecond` let pass in one window.
  public var resetFrameCountMax: Int = 400
  public var uselessFrameCountMax: Int = 1000

  /// WINDOW_UPDATEs that each HEADERS and DATA frame of ours is worth; those beyond are useless frames.
  public var windowUpdateCountPerFrame: Int = 10
  /// How many a peer can have saved up: what a hundred streams may give back for a connection's window in the
  /// smallest frames that clients send, several times over.
  public var windowUpdateCountMax: Int = 10_000

  /// The defaults.
  public init() {}
}
