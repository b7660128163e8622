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
  /// Empty DATA and PRIORITY (CVE-2019-9518, CVE-2019-9513). Frames of unknown type are swallowed by
  /// libnghttp2 before we hear of them.
  public internal(set) var uselessFrames = 0

  private var windowStart: UInt64 = 0
  private var sawTrafficSincePing = true

  /// Begins a new window when the old one is over.
  mutating func advance(to nowNanoseconds: UInt64, limits: HTTP2Limits) {
    guard nowNanoseconds &- windowStart >= limits.countingWindowNanoseconds else { return }
    windowStart = nowNanoseconds
    idlePings = 0
    settingsFrames = 0
    forcedResets = 0
    uselessFrames = 0
  }

  /// HEADERS or DATA went by, in either direction.
  mutating func noteTraffic() { sawTrafficSincePing = true }

  /// A PING arrived. Bandwidth estimators send one each round trip while data flows; those are free.
  mutating func notePing() {
    if !sawTrafficSincePing { idlePings += 1 }
    sawTrafficSincePing = false
  }

  /// The first ceiling that has been passed, in words.
  func excess(over limits: HTTP2Limits) -> StaticString? {
    if idlePings > limits.idlePingCountMax { return "too_many_pings" }
    if settingsFrames > limits.settingsFrameCountMax { return "too_many_settings" }
    if forcedResets > limits.forcedResetCountMax { return "too_many_stream_errors" }
    if uselessFrames > limits.uselessFrameCountMax { return "too_many_useless_frames" }
    return nil
  }
}
