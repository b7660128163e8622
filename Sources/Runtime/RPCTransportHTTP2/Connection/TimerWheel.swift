/// Something that is to happen at a tick of a `TimerWheel`.
///
/// It is its own place in the wheel, so a call's deadline costs no allocation. Belongs to the wheel's
/// thread.
@safe
class WheelTimer: @unchecked Sendable {
  // `@unchecked`: touched on its wheel's thread only.

  fileprivate(set) var dueTick: UInt64 = 0
  fileprivate var place = -1
  fileprivate var next: WheelTimer?
  // SAFETY: whoever stands before a timer in its list is held by the list, and takes itself out of this
  // place when it leaves.
  fileprivate unowned(unsafe) var previous: WheelTimer?

  /// Whether it is in a wheel.
  final var isSet: Bool { place >= 0 }

  /// The tick has come; the timer is out of the wheel and may be set again.
  func fire() {}
}

/// Timers in the order of their ticks, set and cleared in constant time, whatever their number.
///
/// A hierarchy of rings of 64 slots: one for the next 64 ticks, one for the next 64 rounds of those, and so
/// on. A timer waits in the ring that its distance calls for and moves inwards as its tick comes
/// near. (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 7.)
final class TimerWheel {
  private static let levelCount = 5
  private static let slotCount = 64

  /// Up to which tick everything has fired.
  private(set) var now: UInt64
  private(set) var count = 0
  private var heads = [WheelTimer?](repeating: nil, count: levelCount * slotCount)
  /// For each level the slots that are not empty.
  private var occupied = [UInt64](repeating: 0, count: levelCount)

  init(now: UInt64 = 0) { self.now = now }

  deinit {
    // One by one: freeing a list from its head would free the rest from within.
    for index in heads.indices { while let timer = heads[index] { clear(timer) } }
  }

  /// Sets the timer to fire at `tick`, or at the next one if that is over. Set twice, the last counts.
  func set(_ timer: WheelTimer, at tick: UInt64) {
    clear(timer)
    timer.dueTick = max(tick, now + 1)
    insert(timer)
  }

  /// Takes the timer out, if it is in.
  func clear(_ timer: WheelTimer) {
    guard timer.place >= 0 else { return }
    let next = timer.next
    unsafe next?.previous = timer.previous
    if let previous = unsafe timer.previous {
      previous.next = next
    } else {
      heads[timer.place] = next
      if next == nil {
        occupied[timer.place / Self.slotCount] &= ~(1 << UInt64(timer.place % Self.slotCount))
      }
    }
    timer.next = nil
    unsafe timer.previous = nil
    timer.place = -1
    count -= 1
  }

  /// The tick of the next thing to do, a timer's or a move inwards; nil when the wheel is empty.
  var nextTick: UInt64? {
    if count == 0 { return nil }
    var earliest = UInt64.max
    for level in 0..<Self.levelCount where occupied[level] != 0 {
      let position = now >> UInt64(6 * level)
      let turned = rotatedRight(occupied[level], by: (position + 1) & 63)
      let tick = (position + 1 + UInt64(turned.trailingZeroBitCount)) << UInt64(6 * level)
      earliest = min(earliest, tick)
    }
    return earliest
  }

  /// Fires everything up to and with `tick`, each timer alone, in the order of ticks.
  func advance(to tick: UInt64) {
    while let next = nextTick, next <= tick {
      now = next
      for level in (1..<Self.levelCount).reversed() where next & (1 << UInt64(6 * level) - 1) == 0 {
        moveInwards(level * Self.slotCount + Int(next >> UInt64(6 * level) & 63))
      }
      while let timer = heads[Int(next & 63)] {
        clear(timer)
        timer.fire()
      }
    }
    now = max(now, tick)
  }

  /// With nothing in it, the wheel may jump.
  func skip(to tick: UInt64) {
    if count == 0 { now = max(now, tick) }
  }

  private func moveInwards(_ place: Int) {
    while let timer = heads[place] {
      clear(timer)
      insert(timer)
    }
  }

  private func insert(_ timer: WheelTimer) {
    // What lies beyond the outermost ring goes round in it until it is nearer.
    let farthest = UInt64(1) << UInt64(6 * Self.levelCount) - 1
    let distance = min(timer.dueTick - now, farthest)
    let level = distance == 0 ? 0 : (63 - distance.leadingZeroBitCount) / 6
    let slot = Int((now + distance) >> UInt64(6 * level) & 63)
    timer.place = level * Self.slotCount + slot
    let head = heads[timer.place]
    timer.next = head
    unsafe head?.previous = timer
    heads[timer.place] = timer
    occupied[level] |= 1 << UInt64(slot)
    count += 1
  }

  private func rotatedRight(_ bits: UInt64, by count: UInt64) -> UInt64 {
    count == 0 ? bits : bits >> count | bits << (64 - count)
  }
}
