public import Domain

/// A part of a list, in the order of a key that never changes while the list is read (keyset).
///
/// A list asked for `limit` items reads one more to know whether to go on, so `hasMore` is exact.
public struct Page<Element: Sendable>: Sendable {
  /// At most the limit asked for.
  public var items: [Element]
  /// Whether there is at least one item after the last.
  public var hasMore: Bool

  /// A page as found.
  public init(items: [Element], hasMore: Bool) {
    self.items = items
    self.hasMore = hasMore
  }

  /// The page of the first `limit` of `found`, which holds one more if there is one.
  public init(found: [Element], limit: Int) {
    self.init(items: Array(found.prefix(limit)), hasMore: found.count > limit)
  }
}

extension Page: Equatable where Element: Equatable {}

/// A place in a list ordered by time, the id breaking ties.
public struct TimeKey<ID: Identifier>: Hashable, Sendable {
  /// The time of the row.
  public var time: Instant
  /// The id of the row.
  public var id: ID

  /// The place of the row with that time and id.
  public init(_ time: Instant, _ id: ID) {
    self.time = time
    self.id = id
  }
}
