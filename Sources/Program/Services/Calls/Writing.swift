import Domain
import Storage

/// What a handler has in hand inside one unit of work that changes something.
///
/// Everything done through it is durable together, or not at all.
struct Writing {
  /// The unit of work.
  let tx: any StoreTransaction
  /// What the log will say.
  var trail: AuditTrail
  /// The numbers the machines compare with.
  let limits: Limits
  /// What the request is known again by, without its `request_id`: the same for both persons of a
  /// move.
  let requestDigest: Digest
  /// SHA-256 of the same, for those who have the request.
  let requestSHA256: Digest
  /// What the schema says of the method; nil for work that no call asked for.
  var rule: MethodRule?
  /// The deployment's keys.
  let secrets: Secrets
  /// Where new ids, receipts and codes come from.
  var random = SystemRandomNumberGenerator()

  /// Who asks.
  var caller: Caller { trail.caller }
  /// The store's clock, the same throughout the unit.
  var now: Instant { tx.now }

  /// A new, unguessable id.
  mutating func makeID<ID: RandomIdentifier>(_ type: ID.Type = ID.self) -> ID {
    ID(using: &random)
  }

  /// Stores a machine's change of an aggregate with its status event, and tells the log.
  ///
  /// - Parameter role: whose event it is; nil for the caller's
  mutating func store<Entity: StoredAggregate>(
    _ change: Change<Entity>, by role: Role? = nil
  ) throws {
    if let versionBefore = change.versionBefore {
      try change.entity.update(in: tx, from: versionBefore)
    } else {
      try change.entity.insert(into: tx)
    }
    try announce(change, by: role)
  }

  /// Appends the status event of a change whose entity is stored already, and what reports count of
  /// it, and tells the log.
  mutating func announce<Entity: StoredAggregate>(
    _ change: Change<Entity>, by role: Role? = nil
  ) throws {
    try tx.append(change.statusEvent(id: makeID(), by: role ?? caller.role))
    try Entity.count(change, in: self)
    trail.move = AuditTrail.Move(
      stateBefore: change.stateBefore?.rawValue, versionBefore: change.versionBefore,
      stateAfter: change.entity.state.rawValue, versionAfter: change.entity.revision.version)
  }
}

/// An aggregate that the store keeps under its own name.
protocol StoredAggregate: Aggregate {
  /// Adds it.
  func insert(into tx: any StoreTransaction) throws
  /// Replaces the one that was read at `version`.
  func update(in tx: any StoreTransaction, from version: Version) throws
  /// Appends the facts of a change whose event is appended already.
  static func count(_ change: Change<Self>, in work: Writing) throws
}

extension StoredAggregate {
  /// Of most things reports count nothing.
  static func count(_ change: Change<Self>, in work: Writing) throws {}
}

extension Hold: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}

extension WaitlistEntry: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}

extension Appointment: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
  static func count(_ change: Change<Self>, in work: Writing) throws {
    try work.count(change)
  }
}
