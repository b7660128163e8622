import Domain

/// How far a stream is.
struct WatchProgress: Sendable {
  var place: ResumePlace
  /// The policy the stream began under.
  let epoch: PolicyEpoch
  var told: ToldRecords
  /// Whether nothing was sent since the last time for bookmarks.
  var isSilent = true
  /// Since when the end of what there is was not reached; nil at the end.
  var behindSince: ContinuousClock.Instant?
  /// When was looked last, by the store's clock.
  var lookTime: Instant
  /// How many events to decide at once: few for a client that is slow, because what is decided and not
  /// sent in time is decided, and written down, again.
  private(set) var batchCount: Int
  private let batchCountMax: Int

  init(_ token: ResumeToken, limits: WatchLimits) {
    place = token.place
    lookTime = token.issueTime
    batchCount = limits.batchCountMax
    batchCountMax = limits.batchCountMax
    epoch = token.epoch
    told = ToldRecords(countMax: limits.toldCountMax)
  }

  mutating func note(inTime: Bool) {
    batchCount = inTime ? min(batchCount * 2, batchCountMax) : 1
  }
}
