public import Logging
public import RPCCore
internal import Synchronization

/// One line for each call that has ended: which method, how it ended, how long it took, how much.
///
/// Nothing that a caller chose is in it: no metadata, messages, status texts or addresses, and instead
/// of a method that nobody registered it says `other` (attack T19). Calls are logged at debug. Those
/// that ended by a fault of ours are warnings: INTERNAL, UNKNOWN, DATA_LOSS, UNAVAILABLE. Warnings
/// have a limit per second, because what fails once often fails for everybody; what was left out is counted.
public final class CallLog: ServerObserver {
  private let logger: Logger
  private let warningsPerSecondMax: Int
  private let now: @Sendable () -> ContinuousClock.Instant
  private let window: Mutex<Window>
  // Read at each end of a call, so that what was left out is told also when no other call fails.
  private let hasLeftOut = Atomic(false)

  /// The second that is running, as far as warnings go.
  private struct Window {
    var beganAt: ContinuousClock.Instant
    var count = 0
    var leftOutCount = 0
  }

  /// A log that writes to `logger`, whose level is asked once, now.
  ///
  /// - Parameters:
  ///   - logger: where to
  ///   - warningsPerSecondMax: failures that have a line in one second
  ///   - now: the clock of that limit
  public init(
    logger: Logger, warningsPerSecondMax: Int = 10,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.logger = logger
    self.warningsPerSecondMax = warningsPerSecondMax
    self.now = now
    window = Mutex(Window(beganAt: now()))
    logsCalls = logger.logLevel <= .debug
  }

  private let logsCalls: Bool

  /// Says nothing: a call has its line when it ends.
  public func callStarted(_ method: MethodDescriptor?) {}

  /// See ``RPCCore/ServerObserver``.
  public func callEnded(_ record: ServerCallRecord) {
    if Self.isOurs(record.code) {
      if mayWarn() { log(record, at: .warning) }
    } else {
      if hasLeftOut.load(ordering: .relaxed) { tellWhatWasLeftOut() }
      if logsCalls { log(record, at: .debug) }
    }
  }

  /// At debug, without whose it is.
  public func connectionOpened(_ peer: PeerIdentity) {
    if logsCalls { logger.debug("connection opened", metadata: ["secure": "\(peer.secure)"]) }
  }

  /// At debug, with our own word for the reason.
  public func connectionClosed(_ peer: PeerIdentity, reason: String) {
    if logsCalls { logger.debug("connection closed", metadata: ["reason": "\(reason)"]) }
  }

  /// By number, because every call passes here: UNKNOWN, INTERNAL, UNAVAILABLE, DATA_LOSS.
  private static func isOurs(_ code: StatusCode) -> Bool {
    switch code.rawValue {
    case 2, 13, 14, 15: true
    default: false
    }
  }

  private func log(_ record: ServerCallRecord, at level: Logger.Level) {
    logger.log(
      level: level, "call ended",
      metadata: [
        "grpc.method": "\(record.method?.fullName ?? "other")",
        "grpc.status": "\(record.code.name)",
        "duration_us": "\(record.duration.wholeNanoseconds / 1000)",
        "rcvd_bytes": "\(record.receivedByteCount)",
        "sent_bytes": "\(record.sentByteCount)",
      ])
  }

  /// Whether another warning has a place in this second.
  private func mayWarn() -> Bool {
    let (mayWarn, leftOutCount) = window.withLock { window in
      let leftOutCount = turn(&window)
      if window.count < warningsPerSecondMax {
        window.count += 1
        return (true, leftOutCount)
      }
      window.leftOutCount += 1
      hasLeftOut.store(true, ordering: .relaxed)
      return (false, leftOutCount)
    }
    tell(leftOutCount)
    return mayWarn
  }

  private func tellWhatWasLeftOut() { tell(window.withLock { turn(&$0) }) }

  /// Begins another second if this one is over, and returns what was left out in it.
  private func turn(_ window: inout Window) -> Int {
    let now = now()
    guard window.beganAt.duration(to: now) >= .seconds(1) else { return 0 }
    defer { window = Window(beganAt: now) }
    hasLeftOut.store(false, ordering: .relaxed)
    return window.leftOutCount
  }

  private func tell(_ leftOutCount: Int) {
    if leftOutCount == 0 { return }
    logger.warning("more calls failed", metadata: ["count": "\(leftOutCount)"])
  }
}
