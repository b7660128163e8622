/// The last changes that were told, so that none is told twice.
///
/// Servers tell each change at least once. What comes again was told shortly before, for a stream goes on from the
/// last token, so a bounded memory suffices.
struct RecentEvents {
  /// More than any server sends between two tokens.
  static let countMax = 4_096

  private var known: Set<WatchEventID> = []
  // A ring: the oldest stands at `next` once it is full.
  private var order: [WatchEventID] = []
  private var next = 0

  /// Remembers a change.
  ///
  /// - Returns: whether it is new; one without a uid always is
  mutating func insert(_ id: WatchEventID) -> Bool {
    if id.uid.isEmpty { return true }
    guard known.insert(id).inserted else { return false }
    if order.count < Self.countMax {
      order.append(id)
    } else {
      known.remove(order[next])
      order[next] = id
      next = (next + 1) % Self.countMax
    }
    return true
  }

  /// Whether a change is remembered.
  func contains(_ id: WatchEventID) -> Bool { known.contains(id) }
}
