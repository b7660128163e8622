internal import RPCCore

/// Whether bytes that are due keep going by.
struct Pace {
  /// When it was last seen that enough had gone by; the beginning, at first.
  var keptAt: ContinuousClock.Instant { kept.instant }

  private var kept: Moment
  private var byteCount: Int

  /// Begins to count.
  ///
  /// - Parameter byteCount: how many have gone by already
  init(at now: ContinuousClock.Instant, byteCount: Int) {
    kept = Moment(now)
    self.byteCount = byteCount
  }

  /// Takes a look.
  ///
  /// - Parameters:
  ///   - byteCount: how many bytes have gone by
  ///   - least: how many must go by in `time`
  /// - Returns: whether they did, or still may
  mutating func observe(
    _ byteCount: Int, at now: ContinuousClock.Instant, least: Int, in time: Duration
  ) -> Bool {
    if byteCount - self.byteCount >= least { self = Pace(at: now, byteCount: byteCount) }
    return kept.duration(to: now) <= time
  }
}
