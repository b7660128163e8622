import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

extension Watch {
  /// What a look has found behind a place of the feed.
  struct Look: Sendable {
    /// What the caller can probably see; the unit of work that tells it decides.
    var events: [SequencedEvent] = []
    /// When, by the store's clock.
    var time: Instant
    /// How far was looked.
    var end: Int64
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

  /// Looks for events to tell. Writes nothing, so that the many events that are nobody's business here
  /// cost no commit.
  ///
  /// - Returns: nil when the policy has changed
  func look(_ progress: WatchProgress) async throws -> Look? {
    try await read { reader in
      guard PolicyEpoch(try trail.caller.standing(in: reader)) == progress.epoch else { return nil }
      return try look(in: reader, progress)
    }
  }

  private func look(in reader: any StoreReader, _ progress: WatchProgress) throws -> Look {
    let limits = desk.watches.limits
    var look = Look(time: reader.now, end: progress.place.position)
    var lookedAt = 0
    while true {
      let page = try reader.statusEvents(
        of: View.kinds, after: look.end, limit: limits.batchCountMax * 4)
      for event in page.items {
        let sight = try view.sight(
          of: event.event, to: trail.caller, told: progress.told, in: reader)
        look.end = event.position
        lookedAt += 1
        if sight != nil { look.events.append(event) }
        if look.events.count == progress.batchCount || lookedAt == limits.eventsPerLookMax {
          look.hasMore = true
          return look
        }
      }
      if page.hasMore { continue }
      look.end = max(look.end, try reader.statusEventEnd())
      return look
    }
  }

  /// Decides about each event, by the access of this instant, and writes down what is about to be told
  /// (INV-16): an entry for each, under its case. What tells of nobody is only read.
  ///
  /// - Returns: nil when the policy has changed
  func decide(_ events: [SequencedEvent], _ progress: WatchProgress) async throws -> Batch? {
    guard isDisclosing else {
      return try await read { try decide(events, progress, in: $0) { _, _ in } }
    }
    await desk.watches.looks.take()
    defer { desk.watches.looks.giveBack() }
    return try await desk.store.write(.disclosure) { tx in
      try decide(events, progress, in: tx) { trail, response in
        _ = try tx.append(trail, response: response.serializedBytes())
      }
    }
  }

  private func decide(
    _ events: [SequencedEvent], _ progress: WatchProgress, in reader: any StoreReader,
    log: (AuditTrail, Response) throws -> Void
  ) throws -> Batch? {
    guard PolicyEpoch(try trail.caller.standing(in: reader)) == progress.epoch else { return nil }
    var batch = Batch()
    var (place, told) = (progress.place, progress.told)
    for event in events {
      let sight = try view.sight(
        of: event.event, to: trail.caller, told: told, in: reader)
      guard let sight else { continue }
      place = ResumePlace(position: event.position, eventNumber: place.eventNumber + 1)
      let token = ResumeToken(
        place: place, mark: FeedMark(event.event.id), epoch: progress.epoch, issueTime: reader.now)
      let (response, trail) = try tell(event.event, sight, token, in: reader)
      try log(trail, response)
      batch.items.append(
        Batch.Item(response: response, place: place, name: sight.change.name, type: sight.type))
      told.note(sight.change.name, sight.type)
    }
    return batch
  }

  private func tell(
    _ event: StatusEvent, _ sight: WatchSight<View.Record>, _ token: ResumeToken,
    in reader: any StoreReader
  ) throws -> (Response, AuditTrail) {
    var work = Reading(reader: reader, trail: trail, seal: desk.secrets.pageSeal)
    let record = sight.change.record
    try view.concern(record, in: &work)
    let resource = sight.type == .removed ? nil : try view.message(for: record, in: work)
    var response = Response(
      .event(
        number: token.place.eventNumber, SafeMobility.StatusEvent(event, sight, desk.secrets),
        resource))
    response.resumeToken = tokens.text(of: token)
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
