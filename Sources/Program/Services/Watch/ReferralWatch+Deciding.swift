import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

extension ReferralWatch {
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
    var items: [(response: Response, place: ResumePlace)] = []
    var told: ToldReferrals
  }

  /// Looks for events to tell. Writes nothing, so that the many events that are nobody's business here
  /// cost no commit; and blocks, so it leaves the connection's event loop.
  ///
  /// - Returns: nil when the policy has changed
  func look(_ progress: Progress) async throws -> Look? {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await lookElsewhere(progress)
    }
  }

  // `@concurrent` leaves the caller's executor; then the task's preferred one is where it runs.
  @concurrent
  private func lookElsewhere(_ progress: Progress) async throws -> Look? {
    try await desk.store.read { reader in
      guard PolicyEpoch(try trail.caller.standing(in: reader)) == progress.epoch else { return nil }
      return try look(in: reader, progress)
    }
  }

  private func look(in reader: any StoreReader, _ progress: Progress) throws -> Look {
    let limits = desk.watches.limits
    var look = Look(time: reader.now, end: progress.place.position)
    var lookedAt = 0
    while true {
      let page = try reader.statusEvents(
        of: .referral, after: look.end, limit: limits.batchCountMax * 4)
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
  /// (INV-16): an entry for each, under its case and its referral.
  ///
  /// - Returns: nil when the policy has changed
  func decide(_ events: [SequencedEvent], _ progress: Progress) async throws -> Batch? {
    try await desk.store.write(.disclosure) { tx in
      guard PolicyEpoch(try trail.caller.standing(in: tx)) == progress.epoch else { return nil }
      var batch = Batch(told: progress.told)
      var place = progress.place
      for event in events {
        let sight = try view.sight(
          of: event.event, to: trail.caller, told: batch.told, in: tx)
        guard let sight else { continue }
        place = ResumePlace(position: event.position, eventNumber: place.eventNumber + 1)
        let token = ResumeToken(place: place, epoch: progress.epoch, issueTime: tx.now)
        batch.items.append((try tell(event.event, sight, token, in: tx), place))
        batch.told.note(sight)
      }
      return batch
    }
  }

  private func tell(
    _ event: StatusEvent, _ sight: ReferralView.Sight, _ token: ResumeToken,
    in tx: any StoreTransaction
  ) throws -> Response {
    var work = Reading(reader: tx, trail: trail, seal: desk.secrets.pageSeal)
    try work.concern(sight.referral.registration, by: sight.referral.id)
    let referral = sight.type == .removed ? nil : try work.message(for: sight.referral)
    let response = Response.with {
      $0.item = .event(.init(token.place.eventNumber, event, sight, referral))
      $0.resumeToken = tokens.text(of: token)
    }
    _ = try tx.append(work.trail, response: response.serializedBytes())
    return response
  }
}
