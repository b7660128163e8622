import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

extension Watch {
  /// What a look has found behind a place of the feed.
  struct Look: Sendable {
    /// What the caller can probably see; the unit of work that tells it decides.
    var items: [FoundItem] = []
    /// When, by the store's clock.
    var time: Instant
    /// How far was looked; its number means nothing.
    var end: ResumePlace
    /// Whether there may be more behind that.
    var hasMore = false
  }

  /// What may be sent, and is in the log.
  struct Batch: Sendable {
    var items: [Item] = []

    /// What one event is told with, and what it leaves of the stream once it is.
    struct Item: Sendable {
      var response: Response
      var place: ResumePlace
      var name: String
      var type: SafeMobility.EventType
    }
  }

  /// Looks for what to tell. Writes nothing, so that the many events that are nobody's business here
  /// cost no commit.
  ///
  /// - Parameter limit: how many items at most
  /// - Returns: nil when the policy has changed
  func look(_ progress: WatchProgress, limit: Int) async throws -> Look? {
    try await read { reader in
      guard PolicyEpoch(try trail.caller.standing(in: reader)) == progress.epoch else { return nil }
      guard let place = progress.place.listed else {
        return try look(in: reader, progress, limit: limit)
      }
      return try list(behind: place, in: reader, progress, limit: limit)
    }
  }

  /// Looks for what there is; behind the last of it begin the changes.
  private func list(
    behind place: ListedPlace, in reader: any StoreReader, _ progress: WatchProgress, limit: Int
  ) throws -> Look {
    let page = try view.listing(
      behind: place, limit: limit, for: trail.caller, in: reader)
    var look = Look(time: reader.now, end: progress.place, hasMore: true)
    look.items = page.items.map { .listed($0) }
    look.end.listed = page.hasMore ? page.items.last : nil
    return look
  }

  private func look(
    in reader: any StoreReader, _ progress: WatchProgress, limit: Int
  ) throws -> Look {
    let limits = desk.watches.limits
    var look = Look(time: reader.now, end: progress.place)
    var lookedAt = 0
    while true {
      let page = try reader.statusEvents(
        of: View.kinds, after: look.end.position, limit: limits.batchCountMax * 4)
      for event in page.items {
        let sight = try view.sight(
          of: event.event, to: trail.caller, told: progress.told, in: reader)
        look.end.position = event.position
        lookedAt += 1
        if sight != nil { look.items.append(.event(event)) }
        if look.items.count == limit || lookedAt == limits.eventsPerLookMax {
          look.hasMore = true
          return look
        }
      }
      if page.hasMore { continue }
      look.end.position = max(look.end.position, try reader.statusEventEnd())
      return look
    }
  }

  /// Decides about each item, by the access of this instant, and writes down what is about to be told
  /// (INV-16): an entry for each, under its case. What tells of nobody is only read.
  ///
  /// - Returns: nil when the policy has changed
  func decide(_ items: [FoundItem], _ progress: WatchProgress) async throws -> Batch? {
    guard isDisclosing else {
      return try await read { try decide(items, progress, in: $0) { _, _ in } }
    }
    await desk.watches.looks.take()
    defer { desk.watches.looks.giveBack() }
    return try await desk.store.write(.disclosure) { tx in
      try decide(items, progress, in: tx) { trail, response in
        _ = try tx.append(trail, response: response.serializedBytes())
      }
    }
  }

  private func decide(
    _ items: [FoundItem], _ progress: WatchProgress, in reader: any StoreReader,
    log: (AuditTrail, Response) throws -> Void
  ) throws -> Batch? {
    guard PolicyEpoch(try trail.caller.standing(in: reader)) == progress.epoch else { return nil }
    var batch = Batch()
    var (place, told) = (progress.place, progress.told)
    for item in items {
      let seen = try view.sight(of: item, to: trail.caller, told: told, in: reader)
      guard let (event, sight) = seen else { continue }
      place.advance(behind: item)
      let token = ResumeToken(
        place: place, mark: try mark(of: place, behind: item, in: reader), epoch: progress.epoch,
        issueTime: reader.now)
      let (response, trail) = try tell(event, sight, token, in: reader)
      try log(trail, response)
      batch.items.append(
        Batch.Item(response: response, place: place, name: sight.change.name, type: sight.type))
      told.note(sight.change.name, sight.type)
    }
    return batch
  }

  /// What stands at the place behind an item: of a list, at the one where it began.
  private func mark(
    of place: ResumePlace, behind item: FoundItem, in reader: any StoreReader
  ) throws -> FeedMark {
    switch item {
    case .event(let event): FeedMark(event.event.id)
    case .listed: try FeedMark(of: place.position, in: reader)
    }
  }

  private func tell(
    _ event: StatusEvent, _ sight: WatchSight<View.Record>, _ token: ResumeToken,
    in reader: any StoreReader
  ) throws -> (Response, AuditTrail) {
    var work = Reading(reader: reader, trail: trail, seal: desk.secrets.pageSeal)
    try view.concern(sight.change.record, in: &work)
    let resource =
      sight.type == .removed ? nil : try view.message(for: sight, by: event, in: &work)
    let response = Response(
      .event(
        number: token.place.eventNumber, SafeMobility.StatusEvent(event, sight, desk.secrets),
        resource),
      resumeToken: tokens.text(of: token))
    return (response, work.trail)
  }

  /// Reads one state of the store, when it is the stream's turn. That blocks, so it leaves the connection's event loop.
  func read<R: Sendable>(
    _ body: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R {
    await desk.watches.looks.take()
    defer { desk.watches.looks.giveBack() }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await readElsewhere(body)
    }
  }

  // `@concurrent` leaves the caller's executor; then the task's preferred one is where it runs.
  @concurrent
  private func readElsewhere<R: Sendable>(
    _ body: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R {
    try await desk.store.read(body)
  }
}

extension ResumePlace {
  /// One more has been told.
  fileprivate mutating func advance(behind item: FoundItem) {
    eventNumber += 1
    switch item {
    case .event(let event): position = event.position
    case .listed(let place): listed = place
    }
  }
}
