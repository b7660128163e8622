internal import NIOCore

/// Rings for the deadlines of one connection's calls, with one timer for all of them.
final class DeadlineTimer<Holder: DeadlineHolder>: @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  /// Called for each holder whose deadline has come, after it was taken out.
  var onExpiry: (Holder) -> Void = { _ in }

  private let eventLoop: any EventLoop
  private var heap = DeadlineHeap<Holder>()
  private var scheduled: Scheduled<Void>?
  private var scheduledFor: ContinuousClock.Instant?

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  func insert(_ holder: Holder) {
    heap.insert(holder)
    arm()
  }

  /// Takes the holder out if it is in. The timer may then ring for nothing once, which costs less
  /// than arming it anew for every call.
  func remove(_ holder: Holder) {
    if holder.heapIndex >= 0 { heap.remove(holder) }
  }

  func stop() {
    scheduled?.cancel()
    scheduled = nil
    scheduledFor = nil
  }

  private func arm() {
    guard let earliest = heap.earliest else { return }
    if let scheduledFor, scheduledFor <= earliest { return }
    scheduled?.cancel()
    scheduledFor = earliest
    let wait = max(.zero, ContinuousClock.now.duration(to: earliest))
    scheduled = eventLoop.scheduleTask(in: TimeAmount(wait)) { [self] in ring() }
  }

  private func ring() {
    scheduled = nil
    scheduledFor = nil
    let now = ContinuousClock.now
    while let holder = heap.popExpired(at: now) { onExpiry(holder) }
    arm()
  }
}
