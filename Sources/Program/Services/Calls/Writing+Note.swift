import Domain
import Storage

/// What happened to a resource that no machine moves.
enum PlainChange {
  /// It exists; its first revision.
  case created(Revision)
  /// Its fields changed; the revision after.
  case updated(Revision)
  /// It is gone; its last revision.
  case removed(Revision)

  /// The event's verb.
  var type: String {
    switch self {
    case .created: "Create"
    case .updated: "Update"
    case .removed: "Remove"
    }
  }

  /// The version before, where there was one, and after; what is taken away ends with one more.
  var versions: (before: Version?, after: Version) {
    switch self {
    case .created(let revision): (nil, revision.version)
    case .updated(let revision):
      (Version(rawValue: revision.version.rawValue - 1), revision.version)
    case .removed(let revision): (revision.version, revision.version.next)
    }
  }
}

extension Writing {
  /// Appends the status event of a change that is no move of a machine (INV-9).
  ///
  /// - Parameters:
  ///   - earlier: where the resource stood before; nil where that is where it stands
  ///   - state: where the resource stands; 0 for one without states
  mutating func note(
    _ kind: AggregateKind, _ uid: some RandomIdentifier, _ change: PlainChange,
    from earlier: Int? = nil, state: Int = 0
  ) throws {
    let (before, after) = change.versions
    let stateBefore = before == nil ? nil : earlier ?? state
    try tx.append(
      StatusEvent(
        id: makeID(), aggregate: kind, uid: uid.rawValue, version: after, type: change.type,
        stateBefore: stateBefore, stateAfter: state, actorClass: ActorClass(caller.role), time: now)
    )
    trail.move = AuditTrail.Move(
      stateBefore: stateBefore, versionBefore: before, stateAfter: state, versionAfter: after)
  }
}
