internal import CNghttp2

/// One HTTP/2 connection, seen from one of its ends: bytes in, events out; frames in, bytes out.
///
/// The session owns one libnghttp2 session and knows neither sockets nor clocks. One pass is
/// `receive`, then `handleEvents`, then `drain`. It belongs to one thread; nothing here may be
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

  // SAFETY: owned by this object alone, freed in `deinit`, touched only on the session's thread.
  let raw: OpaquePointer
  private let memory: SessionMemory

  /// What changes from frame to frame, without the dynamic exclusivity checks that a class's own stored
  /// properties pay for on each access: they cost about a tenth of a small call.
  // SAFETY: touched on the session's thread. What the checks would find, a callback that changes what is being
  // changed, is ruled out by the session's own rule: callbacks run inside `receive` and `drain` only, and both
  // hold no access to this while they call into libnghttp2.
  @safe @exclusivity(unchecked) var state: State

  /// Makes a session and submits its SETTINGS (and, as a client, the preface).
  ///
  /// - Throws: only when memory is out.
  public init(role: Role, limits: HTTP2Limits = HTTP2Limits()) throws(HTTP2SessionError) {
    self.role = role
    self.limits = limits
    self.state = State(limits: limits)
    guard let memory = SessionMemory(),
      let raw = unsafe Self.makeRaw(role: role, limits: limits, memory: memory)
    else {
      throw HTTP2SessionError("no memory for a session")
    }
    self.memory = memory
    unsafe self.raw = raw
    // SAFETY: the session dies in `deinit`, before this object's memory does.
    unsafe nghttp2_session_set_user_data(raw, Unmanaged.passUnretained(self).toOpaque())
    try submitFirstSettings()
  }

  deinit {
    unsafe nghttp2_session_del(raw)
  }

  /// Streams that are open, in no order.
  public var liveStreams: [HTTP2Stream] { state.liveStreams }

  /// What the peer did that costs us work; see `HTTP2Limits`.
  public var counters: FrameCounters { state.counters }

  /// A header block has begun and not ended. Of one that is ignored, the end in a CONTINUATION is not noticed
  /// before another frame begins.
  public var isInHeaderBlock: Bool { state.headerStream != nil || state.isInHeaderBlock }

  /// Nobody reads the header block, for its stream was refused or is gone, or it is far too large.
  public var isHeaderBlockIgnored: Bool { state.isInHeaderBlock && state.headerStream == nil }

  /// How many header blocks have begun.
  public var headerBlockNumber: Int { state.headerBlockNumber }

  /// The session has failed or was ended: nothing more can be received, and the connection should
  /// close once everything drained has been sent.
  public var isFinished: Bool { state.isFinished }

  /// Why we ended the session, if we did.
  public var terminationReason: StaticString? { state.terminationReason }

  /// Shows what has happened since the last call, in order. Whatever `body` submits is allowed;
  /// receiving and draining are not.
  public func handleEvents(_ body: (HTTP2Event) -> Void) {
    if state.events.isEmpty { return }
    var batch: [HTTP2Event] = []
    swap(&batch, &state.events)
    state.lastData.index = -1
    Self.show(batch.span, body)
    batch.removeAll(keepingCapacity: true)
    if state.events.isEmpty { swap(&batch, &state.events) }
    recycleClosedStreams()
  }

  // Through a span, so that events are lent and not copied.
  private static func show(_ batch: Span<HTTP2Event>, _ body: (HTTP2Event) -> Void) {
    for index in batch.indices { body(batch[index]) }
  }

  @safe
  struct State: ~Copyable {
    var assembly: HeaderAssembly
    /// A client's other one: heads and trailers come in turns, and each remembers its last.
    var restingAssembly: HeaderAssembly
    var isAssemblingTrailers = false
    var events: [HTTP2Event] = []
    /// The last `data` event of this pass; index -1 for none.
    var lastData = (index: -1, id: Int32(0), range: 0..<0)
    var counters = FrameCounters()
    var openedIDs = OpenedStreamIDs()
    var endedIDs = EndedStreamIDs()
    var isFinished = false
    var terminationReason: StaticString?
    /// Why the session must end, found in a callback and acted upon after it.
    var pendingTermination: (code: HTTP2ErrorCode, reason: StaticString)?
    /// The payload of a PING that is to go out behind the next GOAWAY.
    var pingBehindGoAway: UInt64?
    /// The bytes being received, for turning libnghttp2's pointers into ranges; nil between passes.
    var inputBase: UnsafeRawPointer?
    /// A frame that was handed to us and not yet wholly handed on.
    var undrained = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The last frame that began is part of a header block, and not its last part.
    var isInHeaderBlock = false
    var headerBlockNumber = 0
    /// The stream whose header block is being read.
    var headerStream: HTTP2Stream?
    /// The stream that was opened last, where frames are looked for first.
    var lastOpened: HTTP2Stream?
    var liveStreams: [HTTP2Stream] = []
    /// Streams closed during this pass; they return to the pool when their events are handled.
    var closing: [HTTP2Stream] = []
    var pool: [HTTP2Stream] = []
    /// Bytes of ended streams whose credit is to go back to the connection's window.
    var connectionCredit = 0
    /// Bytes of all streams' bodies that wait to be sent, and that were.
    var outboundByteCount = 0
    var sentByteCount = 0
    /// No new streams are accepted any more.
    var hasSaidGoodbye = false
    /// Streams that wait for their last frame to leave before they are reset.
    var pendingResetCount = 0
    /// Header lists that are just being submitted.
    var scratch: [nghttp2_nv] = unsafe []

    init(limits: HTTP2Limits) {
      assembly = HeaderAssembly(limits: limits)
      restingAssembly = HeaderAssembly(limits: limits)
    }
  }
}
