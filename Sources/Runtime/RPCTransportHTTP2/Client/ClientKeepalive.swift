internal import HTTP2
internal import NIOCore
internal import RPCCore

/// Finds out whether the other end is still there, by a PING when nothing has come for a while (gRFC A8, C3, C4).
///
/// Touched on its connection's loop only.
final class ClientKeepalive: WheelTimer, @unchecked Sendable {
  /// When to ask.
  struct Rules: Sendable, Hashable {
    /// So long without a byte.
    var time: Duration
    /// So long without an answer, and the connection is given up.
    var timeout: Duration
    /// Also while there is no call.
    var isPermittedWithoutCalls: Bool
  }

  private enum State {
    /// Bytes came, or nothing was asked yet.
    case watching
    /// There is no call, so nothing is asked.
    case dormant
    case asked
  }

  private let rules: Rules
  private let timers: LoopTimers
  private weak var connection: ClientConnection?
  private var state = State.watching
  private var heardAt = ContinuousClock.now

  init(_ rules: Rules, of connection: ClientConnection, timers: LoopTimers) {
    self.rules = rules
    self.timers = timers
    self.connection = connection
    super.init()
    timers.set(self, in: rules.time)
  }

  /// Something came.
  func heard(at instant: ContinuousClock.Instant) {
    heardAt = instant
    guard case .asked = state else { return }
    state = .watching
    timers.set(self, at: instant + rules.time)
  }

  /// There is a call to keep the connection for.
  func callBegan() {
    guard case .dormant = state else { return }
    state = .watching
    timers.set(self, at: max(heardAt + rules.time, .now))
  }

  func stop() { timers.clear(self) }

  override func fire() {
    guard let connection else { return }
    switch state {
    case .dormant:
      break
    case .asked:
      connection.abandon(
        reason: "keepalive: no answer to a PING within \(rules.timeout)")
    case .watching:
      let due = heardAt + rules.time
      if ContinuousClock.now < due { return timers.set(self, at: due) }
      if connection.runningCount == 0, !rules.isPermittedWithoutCalls {
        state = .dormant
        return
      }
      state = .asked
      connection.handler?.session.ping(0x6b65_6570_616c_6976)
      connection.handler?.setNeedsFlush()
      timers.set(self, in: rules.timeout)
    }
  }
}
