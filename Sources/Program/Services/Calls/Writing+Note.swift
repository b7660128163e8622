import Domain
import Storage

/// What happened to a resource that no machine moves.
enum PlainChange {
  /// It exists; its first revision.
  case created(Revision)
  /// Its fields changed; the revision after.
  case updated(Revision)

  /// The event's verb.
  var type: String {
    switch self {
    case .created: "Create"
    case .updated: "Update"
    }
  }

  /// The revision after the change.
  var revision: Revision {
    switch self {
    case .created(let revision), .updated(let revision): revision
    }
  }
}

extension Writing {
  /// Appends the status event of a change that is no move of a machine (INV-9).
  ///
  /// - Parameter state: where the resource stands, before and after alike; 0 for one without states
  mutating func note(
    _ kind: AggregateKind, _ uid: some RandomIdentifier, _ change: PlainChange, state: Int = 0
  ) throws {
    let revision = change.revision
    let isNew = if case .created = change { true } else { false }
    try tx.append(
      StatusEvent(
        id: makeID(), aggregate: kind, uid: uid.rawValue, version: revision.version,
        type: change.type, stateBefore: isNew ? nil : state, stateAfter: state,
        actorClass: ActorClass(caller.role), time: revision.updateTime))
    let versionBefore = isNew ? nil : Version(rawValue: revision.version.rawValue - 1)
    trail.move = AuditTrail.Move(
      stateBefore: isNew ? nil : state, versionBefore: versionBefore, stateAfter: state,
      versionAfter: revision.version)
  }
}
