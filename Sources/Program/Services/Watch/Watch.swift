import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

/// One stream that watches records of one kind, from its token to its end.
///
/// Nothing is pushed to it. Woken, it looks what has come into the feed behind its place, has what the
/// caller may see decided and written down in one unit of work, and sends that. So it holds a batch at
/// most, and a slow client costs nothing but its own time; one that stays behind for too long is told to
/// list again, which takes it less.
struct Watch<View: WatchView>: Sendable {
  typealias Response = View.Response

  let desk: Desk
  let view: View
  let tokens: ResumeTokens
  /// What the log will say of the call, and of each event with its case besides.
  let trail: AuditTrail
  /// Whether what is told is written down first: all that may tell of people (INV-16).
  let isDisclosing: Bool

  /// - Parameter view: what the call asks to see
  init(_ call: ServerCall, at desk: Desk, _ view: View) throws {
    let (caller, trail) = try desk.admission(of: call)
    self.desk = desk
    self.trail = trail
    self.view = view
    tokens = ResumeTokens(
      of: call.method.fullName, for: caller, filter: view.narrowing, listsFirst: View.listsFirst,
      secrets: desk.secrets)
    isDisclosing = desk.rules[call.method.fullName]?.disclosesPersonalData ?? true
  }

  /// Opens the token and writes down that the caller watches from here on. Where the stream lists first, no
  /// token is one for the beginning.
  ///
  /// - Returns: the token, and the entry's receipt; nil where nothing is disclosed
  /// - Throws: FIELD_INVALID for a token that is not this subscription's; RESUME_TOKEN_EXPIRED for one
  ///   that is too old, of another policy, or of a feed that has been set back
  func begin(
    _ text: String, _ call: ServerCall
  ) async throws -> (token: ResumeToken, receipt: AuditReceipt?) {
    guard isDisclosing else {
      return try await read { try (begin(text, call, in: $0).token, nil) }
    }
    return try await desk.store.write(.disclosure) { tx in
      let (token, trail) = try begin(text, call, in: tx)
      return (token, try tx.append(trail, response: nil))
    }
  }

  private func begin(
    _ text: String, _ call: ServerCall, in reader: any StoreReader
  ) throws -> (token: ResumeToken, trail: AuditTrail) {
    var work = Reading(reader: reader, trail: trail, seal: desk.secrets.pageSeal)
    do {
      try view.begin(&work)
      let epoch = PolicyEpoch(try trail.caller.standing(in: reader))
      let token =
        View.listsFirst && text.isEmpty ? try start(epoch, in: reader) : try tokens.open(text)
      let isFresh = reader.now <= token.issueTime + desk.watches.limits.tokenAgeMax
      guard isFresh, token.epoch == epoch, try token.place.position <= reader.statusEventEnd(),
        try token.mark == FeedMark(of: token.place.position, in: reader)
      else { throw Refusal(.resumeTokenExpired) }
      return (token, work.trail)
    } catch {
      call[AuditTrail.Key.self] = work.trail
      throw error
    }
  }

  /// Before everything, and before what changes from now on.
  private func start(_ epoch: PolicyEpoch, in reader: any StoreReader) throws -> ResumeToken {
    let end = try reader.statusEventEnd()
    return ResumeToken(
      place: ResumePlace(position: end, eventNumber: 0, listed: .start),
      mark: try FeedMark(of: end, in: reader), epoch: epoch, issueTime: reader.now)
  }

  /// Tells everything behind the token and then what comes, until the call is over.
  ///
  /// Returns only after a reset, and when the outlet is closed.
  /// - Throws: UNAVAILABLE when the server's watches end; a refusal when the caller may no longer call;
  ///   `CancellationError` when nobody reads any more
  func run(
    from token: ResumeToken, _ watcher: WatchBoard.Watcher, _ outlet: some WatchOutlet<Response>
  ) async throws {
    var progress = WatchProgress(token, limits: desk.watches.limits)
    var round = desk.watches.bookmarkRound
    var wakeUps = watcher.wakeUps.makeAsyncIterator()
    repeat {
      let number = progress.place.eventNumber
      let end = try await tellNews(&progress, outlet)
      guard end == .reached else { return try await reset(progress, end, outlet) }
      if progress.place.eventNumber != number { progress.isSilent = false }
      if outlet.isBookmarkDue() { try await bookmark(&progress, outlet) }
      if outlet.room == nil { return }
      let now = desk.watches.bookmarkRound
      if now == round { continue }
      round = now
      if progress.isSilent { try await bookmark(&progress, outlet) }
      progress.isSilent = true
    } while await wakeUps.next() != nil
    try Task.checkCancellation()
    throw RPCError.watchesEnded
  }

  /// Why there is nothing more to tell for now.
  private enum NewsEnd {
    /// That was all, or all that there is room for.
    case reached
    /// The policy has changed: a reset is due.
    case otherPolicy
    /// The client is behind for too long: a reset is due.
    case behind
  }

  /// Tells all that there is and that there is room for.
  private func tellNews(
    _ progress: inout WatchProgress, _ outlet: some WatchOutlet<Response>
  ) async throws -> NewsEnd {
    let clock = ContinuousClock()
    let begun = progress.behindSince ?? clock.now
    progress.behindSince = begun
    while let room = outlet.room {
      if desk.watches.isEnded { throw RPCError.watchesEnded }
      guard clock.now - begun <= desk.watches.limits.behindMax else { return .behind }
      if room == 0 { return .reached }
      guard let look = try await look(progress, limit: min(progress.batchCount, room)) else {
        return .otherPolicy
      }
      progress.lookTime = look.time
      if !look.items.isEmpty {
        guard let batch = try await decide(look.items, progress) else { return .otherPolicy }
        let inTime = try await send(batch, &progress, outlet)
        progress.note(inTime: inTime)
        if !inTime { continue }
      }
      progress.place.position = look.end.position
      progress.place.listed = look.end.listed
      if !look.hasMore {
        progress.behindSince = nil
        return .reached
      }
    }
    return .reached
  }

  /// Sends a batch.
  ///
  /// - Returns: false when the client took so long that the rest has to be decided anew
  private func send(
    _ batch: Batch, _ progress: inout WatchProgress, _ outlet: some WatchOutlet<Response>
  ) async throws -> Bool {
    let clock = ContinuousClock()
    let decided = clock.now
    for (index, item) in batch.items.enumerated() {
      let isStale = clock.now - decided > desk.watches.limits.decisionAgeMax
      if index > 0, isStale { return false }
      try await outlet.tell(item.response, at: item.place)
      progress.place = item.place
      progress.told.note(item.name, item.type)
    }
    return true
  }

  private func bookmark(
    _ progress: inout WatchProgress, _ outlet: some WatchOutlet<Response>
  ) async throws {
    try await outlet.say(Response(.bookmark, resumeToken: try await token(progress, outlet)))
    progress.isSilent = false
  }

  private func reset(
    _ progress: WatchProgress, _ end: NewsEnd, _ outlet: some WatchOutlet<Response>
  ) async throws {
    // Who says how far it is goes on from there; for others a list is less than what they are behind with.
    let goesOn = end == .behind && outlet.isPaced
    let token = goesOn ? try await self.token(progress, outlet) : ""
    try await outlet.say(Response(.reset, resumeToken: token))
  }

  /// Where to go on behind all that need not come again.
  private func token(
    _ progress: WatchProgress, _ outlet: some WatchOutlet<Response>
  ) async throws -> String {
    let place = outlet.resumePlace(told: progress.place)
    let mark = try await read { try FeedMark(of: place.position, in: $0) }
    return tokens.text(
      of: ResumeToken(
        place: place, mark: mark, epoch: progress.epoch, issueTime: progress.lookTime))
  }
}
