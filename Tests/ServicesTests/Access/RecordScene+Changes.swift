import Domain
import ServiceFixture
import Storage

extension RecordScene {
  /// Counts the case, its appointment and its referral one version on, with the events that tell of it.
  func changeAll() async throws {
    try await world.store.write { tx in
      guard var owned = try tx.registration(registration),
        var visit = try tx.appointment(appointment), var sent = try tx.referral(referral)
      else { throw StoreError.notFound }
      let versions = (owned.revision.version, visit.revision.version, sent.revision.version)
      owned.revision.advance(at: tx.now)
      visit.revision.advance(at: tx.now)
      sent.revision.advance(at: tx.now)
      try tx.update(owned, from: versions.0)
      try tx.update(visit, from: versions.1)
      try tx.update(sent, from: versions.2)
      for (kind, uid, revision, state) in [
        (AggregateKind.registration, owned.id.rawValue, owned.revision, owned.state.rawValue),
        (.appointment, visit.id.rawValue, visit.revision, visit.state.rawValue),
        (.referral, sent.id.rawValue, sent.revision, sent.state.rawValue),
      ] {
        var random = SystemRandomNumberGenerator()
        try tx.append(
          StatusEvent(
            id: StatusEventID(using: &random), aggregate: kind, uid: uid, version: revision.version,
            type: "Update", stateBefore: state, stateAfter: state, actorClass: .staff, time: tx.now)
        )
      }
    }
  }
}
