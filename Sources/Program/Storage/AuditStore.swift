public import Domain

/// An entry together with its place in the log.
public struct SequencedEntry: Hashable, Sendable {
  /// What happened.
  public var entry: AuditEntry
  /// Where it stands.
  public var leaf: AuditLeaf

  /// An entry at its place.
  public init(entry: AuditEntry, leaf: AuditLeaf) {
    self.entry = entry
    self.leaf = leaf
  }
}

/// A status event together with its place in the feed of all events.
public struct SequencedEvent: Hashable, Sendable {
  /// 1 for the first event, without gaps; only ever read, never sent: it would leak volume.
  public var position: Int64
  /// What happened.
  public var event: StatusEvent

  /// An event at its place.
  public init(position: Int64, event: StatusEvent) {
    self.position = position
    self.event = event
  }
}

/// Reads the log and the feed of events.
public protocol AuditReader {
  /// How many entries have a place in the log.
  func auditLogSize() throws -> Int64
  /// Entries with a place, from `position` on.
  func auditEntries(from position: Int64, limit: Int) throws -> Page<SequencedEntry>
  /// The entry of that id, once it has a place.
  func auditEntry(_ id: AuditEntryID) throws -> SequencedEntry?
  /// The stored hashes of a level of the tree, by place: leaves for level 0, else the roots of full parts that
  /// ``AuditWriter/append(tiles:of:from:)`` has kept. Fewer than asked for where there are no more.
  func auditHashes(_ level: Int, _ places: Range<Int64>) throws -> [Digest]
  /// The checkpoint of that size, or the latest for `nil`.
  func checkpoint(ofSize size: Int64?) throws -> Checkpoint?
  /// What of a case was disclosed, or tried: entries with this pseudonym and a place, the latest first, behind one of
  /// them.
  func auditEntries(
    ofCase pseudonym: Digest, before position: Int64?, limit: Int
  ) throws -> Page<SequencedEntry>
  /// The events of one resource, by version.
  func statusEvents(of aggregate: AggregateKind, uid: String) throws -> [StatusEvent]
  /// The feed of all events behind `position` (0 for the start).
  func statusEvents(after position: Int64, limit: Int) throws -> Page<SequencedEvent>
  /// The same, but only what happened to resources of these kinds, three at most.
  ///
  /// Passes over all events in between, so ask from near the end, or for few at a time.
  func statusEvents(
    of aggregates: Set<AggregateKind>, after position: Int64, limit: Int
  ) throws -> Page<SequencedEvent>
  /// The position of the feed's last event; 0 when there is none.
  func statusEventEnd() throws -> Int64
}

/// Adds to the log and the feed; nothing in either is ever changed (INV-10).
public protocol AuditWriter {
  /// Adds the event of a change, in the change's unit (INV-9).
  /// - Throws: `StoreError.conflict(.identifier)` when this version of the resource has its event.
  func append(_ event: StatusEvent) throws
  /// Adds the log's entry of a call, in the change's unit.
  ///
  /// SQLite gives it its place at once; PostgreSQL shortly after the commit. Callers therefore
  /// never get a place back: they hand out the entry's id and digest.
  /// - Parameter digest: SHA-256 of the entry's canonical bytes.
  func append(_ entry: AuditEntry, digest: Digest) throws
  /// Keeps roots of full parts of the tree, the next ones of their level.
  /// - Throws: `StoreError.conflict(.identifier)` when somebody else has kept them
  func append(tiles: [Digest], of level: Int, from place: Int64) throws
  /// Keeps a checkpoint for good.
  /// - Throws: `StoreError.conflict(.identifier)` when there is one of this size
  func append(_ checkpoint: Checkpoint) throws
}
