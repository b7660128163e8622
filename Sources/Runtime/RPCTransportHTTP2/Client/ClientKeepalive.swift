internal import HTTP2
internal import NIOCore
internal import RPCPolicy

/// Asks a silent connection whether it still lives, as its `KeepaliveMachine` says.
///
/// Touched on its connection's loop only.
final class ClientKeepalive: WheelTimer, @unchecked Sendable {
  // SAFETY: on the loop only, and its methods call nobody.
  @safe @exclusivity(unchecked) private var machine: KeepaliveMachine
  private let timers: LoopTimers
  private weak var connection: ClientConnection?

  init(_ config: KeepaliveConfig, of connection: ClientConnection, timers: LoopTimers) {
    machine = KeepaliveMachine(config, now: .now)
    self.timers = timers
    self.connection = connection
    super.init()
    act(machine.begin(now: .now))
  }

  /// Something came.
  func heard(at instant: ContinuousClock.Instant) { machine.read(now: instant) }

  /// The first call has begun, or the last has ended.
  func callsChanged(hasCalls: Bool) { act(machine.callsChanged(hasCalls: hasCalls, now: .now)) }

  func stop() { timers.clear(self) }

  override func fire() { act(machine.timerFired(now: .now)) }

  private func act(_ action: KeepaliveAction) {
    switch action {
    case .none: break
    case .wait(let wait): timers.set(self, in: wait)
    case .ping(let wait):
      connection?.handler?.session.ping(Self.payload)
      connection?.handler?.setNeedsFlush()
      timers.set(self, in: wait)
    case .close:
      connection?.abandon(reason: "keepalive: no answer to a PING")
    }
  }

  private static let payload: UInt64 = 0x6b65_6570_616c_6976
}
