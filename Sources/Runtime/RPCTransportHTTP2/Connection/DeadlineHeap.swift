/// Something with a deadline that remembers its place in a `DeadlineHeap`.
protocol DeadlineHolder: AnyObject, SendableMetatype {
  /// When to ring.
  var deadlineInstant: ContinuousClock.Instant { get }
  /// Its index in the heap; -1 when it is in none. Only the heap writes it.
  var heapIndex: Int { get set }
}

/// The deadlines of a connection's calls, the earliest first.
///
/// Calls that end are taken out at once, so the heap holds no more than the calls that run, and one
/// timer for the earliest serves them all.
struct DeadlineHeap<Holder: DeadlineHolder> {
  private var holders: [Holder] = []

  /// The earliest deadline.
  var earliest: ContinuousClock.Instant? { holders.first?.deadlineInstant }

  mutating func insert(_ holder: Holder) {
    holders.append(holder)
    holder.heapIndex = holders.count - 1
    rise(holders.count - 1)
  }

  /// Takes the holder out if it is in.
  mutating func remove(_ holder: Holder) {
    let index = holder.heapIndex
    guard index >= 0 else { return }
    let last = holders.count - 1
    if index != last { exchange(index, last) }
    holders.removeLast()
    holder.heapIndex = -1
    if index < holders.count {
      rise(index)
      sink(index)
    }
  }

  /// Takes out the earliest holder whose deadline has come.
  mutating func popExpired(at now: ContinuousClock.Instant) -> Holder? {
    guard let first = holders.first, first.deadlineInstant <= now else { return nil }
    remove(first)
    return first
  }

  private mutating func rise(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard holders[index].deadlineInstant < holders[parent].deadlineInstant else { return }
      exchange(index, parent)
      index = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var smallest = index
      for child in [2 * index + 1, 2 * index + 2] where child < holders.count {
        if holders[child].deadlineInstant < holders[smallest].deadlineInstant { smallest = child }
      }
      if smallest == index { return }
      exchange(index, smallest)
      index = smallest
    }
  }

  private mutating func exchange(_ first: Int, _ second: Int) {
    holders.swapAt(first, second)
    holders[first].heapIndex = first
    holders[second].heapIndex = second
  }
}
