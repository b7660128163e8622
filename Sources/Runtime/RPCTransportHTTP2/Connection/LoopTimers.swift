internal import NIOCore

/// The timers of one event loop: deadlines of calls, patience with peers. One entry of the loop's own
/// schedule serves them all.
final class LoopTimers: @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  private let eventLoop: any EventLoop
  private let origin = ContinuousClock.now
  private let wheel = TimerWheel()
  private var scheduled: Scheduled<Void>?
  private var scheduledTick = UInt64.max

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Sets the timer to fire at `instant` or within a millisecond after it, never before.
  func set(_ timer: WheelTimer, at instant: ContinuousClock.Instant) {
    if wheel.count == 0 { wheel.skip(to: tick(at: .now)) }
    wheel.set(timer, at: tick(at: instant) + 1)
    arm()
  }

  /// Sets the timer to fire so long from now.
  func set(_ timer: WheelTimer, in wait: Duration) {
    set(timer, at: .now + wait)
  }

  /// Takes the timer out if it is in. The loop may then wake for nothing once, which costs less than
  /// arming it anew for every call.
  func clear(_ timer: WheelTimer) {
    wheel.clear(timer)
  }

  /// Whole milliseconds since the wheel was made; zero for what was before.
  private func tick(at instant: ContinuousClock.Instant) -> UInt64 {
    let (seconds, attoseconds) = origin.duration(to: instant).components
    if seconds < 0 || attoseconds < 0 { return 0 }
    // Far enough for everybody, and nothing can overflow.
    let capped = min(seconds, 1 << 40)
    return UInt64(capped) * 1000 + UInt64(attoseconds / 1_000_000_000_000_000)
  }

  private func arm() {
    guard let next = wheel.nextTick, next < scheduledTick else { return }
    scheduled?.cancel()
    scheduledTick = next
    let wait = ContinuousClock.now.duration(to: origin + .milliseconds(Int64(next)))
    scheduled = eventLoop.scheduleTask(in: TimeAmount(max(.zero, wait))) { [self] in ring() }
  }

  private func ring() {
    scheduled = nil
    scheduledTick = .max
    wheel.advance(to: tick(at: .now))
    arm()
  }
}

/// A timer that calls a closure.
final class Alarm: WheelTimer, @unchecked Sendable {
  private let action: () -> Void

  init(_ action: @escaping () -> Void) {
    self.action = action
  }

  override func fire() { action() }
}
