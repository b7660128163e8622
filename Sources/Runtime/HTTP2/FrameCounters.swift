/// Counts what costs us work and brings a peer nothing, in windows of some seconds.
///
/// Each counter has a ceiling in `HTTP2Limits`; the first one passed ends the connection with
/// ENHANCE_YOUR_CALM.
public struct FrameCounters: Sendable, Hashable {
  /// PINGs that followed no HEADERS or DATA in either direction (CVE-2019-9512).
  public internal(set) var idlePings = 0
  /// SETTINGS frames (CVE-2019-9515).
  public internal(set) var settingsFrames = 0
  /// Streams we had to reset although nobody asked for it here (CVE-2025-8671).
  public internal(set) var forcedResets = 0
  /// RST_STREAM frames (CVE-2023-44487). libnghttp2 has a limit of its own, but not once a GOAWAY was
  /// submitted, so not in a graceful end.
  public internal(set) var resetFrames = 0
  /// Empty DATA, PRIORITY, GOAWAY, trailers that come late, frames of unknown types, streams beyond those
  /// allowed, and WINDOW_UPDATE beyond what our DATA is worth (CVE-2019-9518, CVE-2019-9513).
  public internal(set) var uselessFrames = 0

  private var now: UInt64 = 0
  private var windowStart: UInt64 = 0
  private var sawTrafficSincePing = true
  private var sentSincePing = true
  private var lastPing: UInt64?
  private var pingStrikes = 0
  /// What has been sent, in the WINDOW_UPDATEs that may be answered to it.
  private var windowUpdateAllowance = 0

  /// Begins a new window when the old one is over.
  mutating func advance(to nowNanoseconds: UInt64, limits: HTTP2Limits) {
    now = nowNanoseconds
    guard nowNanoseconds &- windowStart >= limits.countingWindowNanoseconds else { return }
    windowStart = nowNanoseconds
    idlePings = 0
    settingsFrames = 0
    forcedResets = 0
    resetFrames = 0
    uselessFrames = 0
  }

  /// HEADERS or DATA arrived.
  mutating func noteReceived() { sawTrafficSincePing = true }

  /// HEADERS or DATA left.
  mutating func noteSent(limits: HTTP2Limits) {
    sawTrafficSincePing = true
    sentSincePing = true
    windowUpdateAllowance = min(
      windowUpdateAllowance + limits.windowUpdateCountPerFrame, limits.windowUpdateCountMax)
  }

  /// A WINDOW_UPDATE arrived. A few for each frame of ours are what credit is returned by; many frames may leave
  /// before the first is answered, and then the answers come together.
  mutating func noteWindowUpdate() {
    if windowUpdateAllowance > 0 { windowUpdateAllowance -= 1 } else { uselessFrames += 1 }
  }

  /// A PING arrived. Bandwidth estimators send one each round trip while data flows; those are free.
  ///
  /// One that comes sooner after the last than keepalive has use for is a strike, unless something was
  /// sent in between (rule C4; gRFC A8).
  mutating func notePing(hasStreams: Bool, isEnforced: Bool, limits: HTTP2Limits) {
    if !sawTrafficSincePing { idlePings += 1 }
    sawTrafficSincePing = false
    guard isEnforced else { return }
    defer { lastPing = now }
    if sentSincePing {
      sentSincePing = false
      pingStrikes = 0
      return
    }
    let pause =
      hasStreams || limits.permitsPingsWithoutStreams
      ? limits.pingIntervalMinNanoseconds : limits.pingIntervalMinWithoutStreamsNanoseconds
    if let lastPing, now &- lastPing < pause { pingStrikes += 1 }
  }

  /// The first ceiling that has been passed, in words.
  func excess(over limits: HTTP2Limits) -> StaticString? {
    if idlePings > limits.idlePingCountMax || pingStrikes > limits.pingStrikeCountMax {
      return "too_many_pings"
    }
    if settingsFrames > limits.settingsFrameCountMax { return "too_many_settings" }
    if forcedResets > limits.forcedResetCountMax { return "too_many_stream_errors" }
    if resetFrames > limits.resetFrameCountMax { return "too_many_resets" }
    if uselessFrames > limits.uselessFrameCountMax { return "too_many_useless_frames" }
    return nil
  }
}
