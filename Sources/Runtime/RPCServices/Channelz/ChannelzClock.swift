internal import Protobuf

/// Tells the calendar's time of what was noted by the steady clock.
struct ChannelzClock {
  private let steadyNow: ContinuousClock.Instant
  private let microsecondsNow: Int64

  /// Both clocks read at the same moment, the second in microseconds after 1970-01-01T00:00:00Z.
  init(steadyNow: ContinuousClock.Instant, microsecondsNow: Int64) {
    self.steadyNow = steadyNow
    self.microsecondsNow = microsecondsNow
  }

  func timestamp(of instant: ContinuousClock.Instant?) -> GoogleProtobuf.Timestamp? {
    guard let instant else { return nil }
    let (seconds, attoseconds) = instant.duration(to: steadyNow).components
    let ago = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    return GoogleProtobuf.Timestamp(microsecondsSinceEpoch: microsecondsNow - ago)
  }
}
