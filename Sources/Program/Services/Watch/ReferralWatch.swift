import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

/// One stream of WatchReferrals, from its token to its end.
///
/// Nothing is pushed to it. Woken, it looks what has come into the feed behind its place, has what the
/// caller may see decided and written down in one unit of work, and sends that. So it holds a batch at
/// most, and a slow client costs nothing but its own time.
struct ReferralWatch: Sendable {
  typealias Response = SafeMobility.WatchReferralsResponse

  let desk: Desk
  let view: ReferralView
  let tokens: ResumeTokens
  /// What the log will say of the call, and of each event with its case besides.
  let trail: AuditTrail

  /// Checks a request.
  ///
  /// - Throws: FIELD_INVALID
  init(_ request: SafeMobility.WatchReferralsRequest, _ call: ServerCall, at desk: Desk) throws {
    let (caller, trail) = try desk.admission(of: call)
    try desk.validator.check(request, now: caller.callTime)
    self.desk = desk
    self.trail = trail
    view = try ReferralView(request)
    tokens = ResumeTokens(
      watching: request.registration, request.filter, for: caller, secrets: desk.secrets)
  }

  /// Opens the token and writes down that the caller watches from here on.
  ///
  /// - Throws: FIELD_INVALID for a token that is not this subscription's; RESUME_TOKEN_EXPIRED for one
  ///   that is too old, of another policy, or of a feed that has been set back
  func begin(
    _ text: String, _ call: ServerCall
  ) async throws -> (token: ResumeToken, receipt: AuditReceipt) {
    try await desk.store.write(.disclosure) { tx in
      var work = Reading(reader: tx, trail: trail, seal: desk.secrets.pageSeal)
      do {
        // Who asks about one case leaves a trace under it, whatever there is to see.
        if let registration = view.registration { try work.concern(registration) }
        let token = try tokens.open(text)
        let epoch = PolicyEpoch(try trail.caller.standing(in: tx))
        let isFresh = tx.now <= token.issueTime + desk.watches.limits.tokenAgeMax
        guard isFresh, token.epoch == epoch, try token.place.position <= tx.statusEventEnd() else {
          throw Refusal(.resumeTokenExpired)
        }
        return (token, try tx.append(work.trail, response: nil))
      } catch {
        call[AuditTrail.Key.self] = work.trail
        throw error
      }
    }
  }

  /// Tells everything behind the token and then what comes, until the call is over.
  ///
  /// Returns only after a reset.
  /// - Throws: UNAVAILABLE when the server's watches end; a refusal when the caller may no longer call;
  ///   `CancellationError` when nobody reads any more
  func run(
    from token: ResumeToken, _ watcher: WatchBoard.Watcher, _ responses: ResponseStream<Response>
  ) async throws {
    var progress = Progress(token, limits: desk.watches.limits)
    var round = desk.watches.bookmarkRound
    var wakeUps = watcher.wakeUps.makeAsyncIterator()
    repeat {
      let number = progress.place.eventNumber
      guard try await tellNews(&progress, responses) else {
        return try await responses.write(.with { $0.item = .reset(.init()) })
      }
      if progress.place.eventNumber != number { progress.isSilent = false }
      let now = desk.watches.bookmarkRound
      if now == round { continue }
      round = now
      if progress.isSilent { try await bookmark(progress, responses) }
      progress.isSilent = true
    } while await wakeUps.next() != nil
    try Task.checkCancellation()
    throw RPCError.watchesEnded
  }

  /// How far a stream is.
  struct Progress: Sendable {
    var place: ResumePlace
    /// The policy the stream began under.
    let epoch: PolicyEpoch
    var told: ToldReferrals
    /// Whether nothing was sent since the last time for bookmarks.
    var isSilent = true
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
      told = ToldReferrals(countMax: limits.toldCountMax)
    }

    mutating func note(inTime: Bool) {
      batchCount = inTime ? min(batchCount * 2, batchCountMax) : 1
    }
  }

  /// Tells all that there is.
  ///
  /// - Returns: false when the policy has changed, and a reset is due
  private func tellNews(
    _ progress: inout Progress, _ responses: ResponseStream<Response>
  ) async throws -> Bool {
    while true {
      if desk.watches.isEnded { throw RPCError.watchesEnded }
      guard let look = try await look(progress) else { return false }
      progress.lookTime = look.time
      if !look.events.isEmpty {
        guard let batch = try await decide(look.events, progress) else { return false }
        progress.told = batch.told
        let inTime = try await send(batch, &progress, responses)
        progress.note(inTime: inTime)
        if !inTime { continue }
      }
      progress.place.position = look.end
      if !look.hasMore { return true }
    }
  }

  /// Sends a batch.
  ///
  /// - Returns: false when the client took so long that the rest has to be decided anew
  private func send(
    _ batch: Batch, _ progress: inout Progress, _ responses: ResponseStream<Response>
  ) async throws -> Bool {
    let clock = ContinuousClock()
    let decided = clock.now
    for (index, item) in batch.items.enumerated() {
      let isStale = clock.now - decided > desk.watches.limits.decisionAgeMax
      if index > 0, isStale { return false }
      try await responses.write(item.response)
      progress.place = item.place
    }
    return true
  }

  private func bookmark(
    _ progress: Progress, _ responses: ResponseStream<Response>
  ) async throws {
    let text = tokens.text(
      of: ResumeToken(
        place: progress.place, epoch: progress.epoch, issueTime: progress.lookTime))
    try await responses.write(
      .with {
        $0.item = .bookmark(.with { $0.resumeToken = text })
        $0.resumeToken = text
      })
  }
}
