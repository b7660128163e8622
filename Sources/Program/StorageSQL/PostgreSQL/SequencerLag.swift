/// Notices, on any node, that what waits for its place in the log waits too long: nobody gives places out, or whoever
/// does is too slow (domain § 12).
struct SequencerLag {
  /// What was there when it was looked at, up to this number.
  private var mark: (place: Int64, time: ContinuousClock.Instant)?

  /// How long something that waits now has waited at least; nil when nothing does that was there at the last look.
  mutating func look(by connection: any SQLConnection) throws(SQLFailure) -> Duration? {
    let found = try connection.first(.waitingPlaces, []) { (row) throws(SQLFailure) in
      (first: row.integerIfPresent(), last: row.integerIfPresent())
    }
    guard let first = found?.first, let last = found?.last else {
      mark = nil
      return nil
    }
    if let mark, first <= mark.place { return mark.time.duration(to: .now) }
    mark = (last, .now)
    return nil
  }
}

extension SQLStatement {
  fileprivate static let waitingPlaces = SQLStatement(
    "SELECT MIN(place), MAX(place) FROM audit_pending")
}
