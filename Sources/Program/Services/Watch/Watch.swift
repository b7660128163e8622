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

  /// Checks a request.
  ///
  /// - Parameter view: what the request asks to see
  /// - Throws: FIELD_INVALID, ACCESS_DENIED
  init<Request: Message>(
    _ request: Request, _ call: ServerCall, at desk: Desk, _ view: (Request) throws -> View
  ) throws {
    let (caller, trail) = try desk.admission(of: call)
    try desk.validator.check(request, now: caller.callTime)
    self.desk = desk
    self.trail = trail
    self.view = try view(request)
    tokens = ResumeTokens(
      of: call.method.fullName, for: caller, filter: self.view.narrowing, secrets: desk.secrets)
    isDisclosing = desk.rules[call.method.fullName]?.disclosesPersonalData ?? true
  }

  /// Opens the token and writes down that the caller watches from here on.
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
      let token = try tokens.open(text)
      let epoch = PolicyEpoch(try trail.caller.standing(in: reader))
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

  /// Tells everything behind the token and then what comes, until the call is over.
  ///
  /// Returns only after a reset.
  /// - Throws: UNAVAILABLE when the server's watches end; a refusal when the caller may no longer call;
  ///   `CancellationError` when nobody reads any more
  func run(
    from token: ResumeToken, _ watcher: WatchBoard.Watcher, _ responses: ResponseStream<Response>
  ) async throws {
    var progress = WatchProgress(token, limits: desk.watches.limits)
    var round = desk.watches.bookmarkRound
    var wakeUps = watcher.wakeUps.makeAsyncIterator()
    repeat {
      let number = progress.place.eventNumber
      guard try await tellNews(&progress, responses) else {
        return try await responses.write(Response(.reset))
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

  /// Tells all that there is.
  ///
  /// - Returns: false when a reset is due: the policy has changed, or the client is behind for too long
  private func tellNews(
    _ progress: inout WatchProgress, _ responses: ResponseStream<Response>
  ) async throws -> Bool {
    let clock = ContinuousClock()
    let begun = clock.now
    while true {
      if desk.watches.isEnded { throw RPCError.watchesEnded }
      guard clock.now - begun <= desk.watches.limits.behindMax else { return false }
      guard let look = try await look(progress) else { return false }
      progress.lookTime = look.time
      if !look.events.isEmpty {
        guard let batch = try await decide(look.events, progress) else { return false }
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
    _ batch: Batch, _ progress: inout WatchProgress, _ responses: ResponseStream<Response>
  ) async throws -> Bool {
    let clock = ContinuousClock()
    let decided = clock.now
    for (index, item) in batch.items.enumerated() {
      let isStale = clock.now - decided > desk.watches.limits.decisionAgeMax
      if index > 0, isStale { return false }
      try await responses.write(item.response)
      progress.place = item.place
      progress.told.note(item.name, item.type)
    }
    return true
  }

  private func bookmark(
    _ progress: WatchProgress, _ responses: ResponseStream<Response>
  ) async throws {
    let position = progress.place.position
    let mark = try await read { try FeedMark(of: position, in: $0) }
    let text = tokens.text(
      of: ResumeToken(
        place: progress.place, mark: mark, epoch: progress.epoch, issueTime: progress.lookTime))
    var response = Response(.bookmark(.with { $0.resumeToken = text }))
    response.resumeToken = text
    try await responses.write(response)
  }
}
