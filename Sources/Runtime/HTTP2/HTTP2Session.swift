internal import CNghttp2

/// One HTTP/2 connection, seen from one of its ends: bytes in, events out; frames in, bytes out.
///
/// The session owns one libnghttp2 session and knows neither sockets nor clocks. One pass is
/// `receive`, then handle `events`, then `drain`. It belongs to one thread; nothing here may be
/// called from within anything that it calls. libnghttp2's callbacks only append events.
@safe
public final class HTTP2Session {
  /// Which end this is.
  public enum Role: Sendable, Hashable {
    case client
    case server
  }

  /// Which end this is.
  public let role: Role
  /// Ceilings for the peer.
  public let limits: HTTP2Limits
  /// What has happened and was not handled yet; the handler empties it.
  public var events: [HTTP2Event] = []
  /// Streams that are open, in no order.
  public private(set) var liveStreams: [HTTP2Stream] = []
  /// What the peer did that costs us work; see `HTTP2Limits`.
  public internal(set) var counters = FrameCounters()
  /// The session has failed or was ended: nothing more can be received, and the connection should
  /// close once everything drained has been sent.
  public internal(set) var isFinished = false

  // SAFETY: owned by this object alone, freed in `deinit`, touched only on the session's thread.
  let raw: OpaquePointer

  /// The bytes being received, for turning libnghttp2's pointers into ranges; nil between passes.
  var inputBase: UnsafeRawPointer?
  /// The stream whose header block is being read, and where that block goes. Kept between passes: a
  /// block may end in a later read than it began in.
  var headerStream: HTTP2Stream?
  var headerGoesToTrailers = false
  var openedIDs = OpenedStreamIDs()
  /// Why the session must end, found in a callback and acted upon after it.
  var pendingTermination: (code: HTTP2ErrorCode, reason: StaticString)?
  /// Why we ended the session, if we did.
  public internal(set) var terminationReason: StaticString?
  /// Scratch for header lists to be submitted.
  var scratch: [nghttp2_nv] = unsafe []
  private var pool: [HTTP2Stream] = []
  /// Streams closed during this pass; they return to the pool when their events are handled.
  private var closing: [HTTP2Stream] = []

  /// Streams kept for later use at most.
  static let pooledStreamCountMax = 64

  /// Makes a session and submits its SETTINGS (and, as a client, the preface).
  ///
  /// - Throws: only when memory is out.
  public init(role: Role, limits: HTTP2Limits = HTTP2Limits()) throws(HTTP2SessionError) {
    self.role = role
    self.limits = limits
    guard let raw = unsafe Self.makeRaw(role: role, limits: limits) else {
      throw HTTP2SessionError("no memory for a session")
    }
    unsafe self.raw = raw
    // SAFETY: the session dies in `deinit`, before this object's memory does.
    unsafe nghttp2_session_set_user_data(raw, Unmanaged.passUnretained(self).toOpaque())
    try submitFirstSettings()
  }

  deinit {
    unsafe nghttp2_session_del(raw)
  }

  /// Takes a stream object out of the pool, or makes one, and lists it as live.
  func openStream(id: Int32) -> HTTP2Stream {
    let stream = pool.popLast() ?? HTTP2Stream()
    stream.reset(id: id)
    stream.liveIndex = liveStreams.count
    liveStreams.append(stream)
    return stream
  }

  /// Takes a stream off the list of live ones.
  func closeStream(_ stream: HTTP2Stream) {
    guard !stream.isClosed else { return }
    stream.isClosed = true
    let last = liveStreams.count - 1
    if stream.liveIndex != last {
      liveStreams[stream.liveIndex] = liveStreams[last]
      liveStreams[stream.liveIndex].liveIndex = stream.liveIndex
    }
    liveStreams.removeLast()
    closing.append(stream)
  }

  /// Ends the handling of events: call it when `events` has been read, before the next pass.
  public func finishEvents() {
    events.removeAll(keepingCapacity: true)
    while var stream = closing.popLast() {
      stream.context = nil
      guard pool.count < Self.pooledStreamCountMax, isKnownUniquelyReferenced(&stream) else {
        continue
      }
      pool.append(stream)
    }
  }
}
