import Domain
import Storage

// Places in the audit log and in the feed of events. Where units run one after another, each takes its own. Where they
// run side by side that would make them wait for each other's commit, so there they leave what they add
// without a place, and one sequencer gives places out shortly after, to what is committed by then: so nobody who
// reads up to a place can miss an earlier one (domain § 12, § 13).

extension SQLTransaction {
  /// Gives an entry its place in the log, or leaves it for the sequencer.
  func sequence(_ entry: AuditEntryID, digest: Digest) throws {
    if dialect.sequencesLater {
      return try tell(.leaveEntry, [.text(entry), .digest(digest)])
    }
    let (position, time) = try advance("audit", by: 1, at: now)
    try place(entry, digest, at: position, time)
  }

  /// Gives an event its place in the feed, or leaves it for the sequencer.
  func sequence(_ event: StatusEventID) throws {
    if dialect.sequencesLater { return try tell(.leaveEvent, [.text(event)]) }
    let (position, _) = try advance("event", by: 1, at: now)
    try tell(.insertFeed, [.integer(position), .text(event)])
  }

  /// Gives places to what was left without; called by one sequencer at a time.
  ///
  /// - Returns: how many entries and events there were, at most `limit` of each
  func sequencePending(limit: Int) throws -> (entries: Int, events: Int) {
    try pass("sequencer")
    return (try sequenceEntries(limit), try sequenceEvents(limit))
  }

  private func sequenceEntries(_ limit: Int) throws -> Int {
    let found = try all(.pendingEntries, [.count(limit)]) { (row) throws(SQLFailure) in
      (id: AuditEntryID(checked: try row.text()), digest: try row.digest())
    }
    if found.isEmpty { return 0 }
    // Not the unit's own time: it began before some of them were there.
    let (last, lastTime) = try advance("audit", by: found.count, at: environment.now())
    for (index, entry) in found.enumerated() {
      let distance = found.count - 1 - index
      try place(
        entry.id, entry.digest, at: last - Int64(distance), lastTime - .microseconds(distance))
      try tell(.forgetEntry, [.text(entry.id)])
    }
    return found.count
  }

  private func sequenceEvents(_ limit: Int) throws -> Int {
    // A version is inserted after the one before it was committed, so their places have the same order.
    let found = try all(.pendingEvents, [.count(limit)]) { (row) throws(SQLFailure) in
      StatusEventID(checked: try row.text())
    }
    if found.isEmpty { return 0 }
    let (last, _) = try advance("event", by: found.count, at: environment.now())
    for (index, event) in found.enumerated() {
      try tell(.insertFeed, [.integer(last - Int64(found.count - 1 - index)), .text(event)])
      try tell(.forgetEvent, [.text(event)])
    }
    return found.count
  }

  /// Takes the next places of a sequence; the last of them, and its time. Each has a later time than the one before
  /// it, and the first is no earlier than `time` (INV-15).
  private func advance(
    _ sequence: String, by count: Int, at time: Instant
  ) throws(StoreError) -> (position: Int64, time: Instant) {
    let place = try first(.advanceSequence, [.text(sequence), .instant(time), .count(count)]) {
      (row) throws(SQLFailure) in (try row.integer(), try row.instant())
    }
    guard let place else { throw .defect("no sequence \(sequence)") }
    return place
  }

  private func place(
    _ entry: AuditEntryID, _ digest: Digest, at position: Int64, _ time: Instant
  ) throws {
    let leaf = environment.auditLeaf(
      position: position, sequencedTime: time, entry: entry, entryDigest: digest)
    try tell(
      .insertLeaf,
      [
        .integer(leaf.position), .instant(leaf.sequencedTime), .text(leaf.entry),
        .digest(leaf.entryDigest), .digest(leaf.leafHash),
      ])
  }
}

extension SQLStatement {
  fileprivate static let advanceSequence = SQLStatement(
    """
    UPDATE sequence SET last = last + $3,
      last_us = CASE WHEN last_us + 1 > $2 THEN last_us + 1 ELSE $2 END + $3 - 1
    WHERE name = $1 RETURNING last, last_us
    """)
  fileprivate static let insertLeaf = SQLStatement(
    """
    INSERT INTO audit_leaf(log_position, sequenced_us, entry_uid, entry_digest, leaf_hash)
    VALUES ($1, $2, $3, $4, $5)
    """)
  fileprivate static let insertFeed = SQLStatement(
    "INSERT INTO event_feed(feed_position, event_uid) VALUES ($1, $2)")
  fileprivate static let leaveEntry = SQLStatement(
    "INSERT INTO audit_pending(entry_uid, entry_digest) VALUES ($1, $2)")
  fileprivate static let leaveEvent = SQLStatement(
    "INSERT INTO event_pending(event_uid) VALUES ($1)")
  fileprivate static let pendingEntries = SQLStatement(
    "SELECT entry_uid, entry_digest FROM audit_pending ORDER BY place LIMIT $1")
  fileprivate static let pendingEvents = SQLStatement(
    "SELECT event_uid FROM event_pending ORDER BY place LIMIT $1")
  fileprivate static let forgetEntry = SQLStatement(
    "DELETE FROM audit_pending WHERE entry_uid = $1")
  fileprivate static let forgetEvent = SQLStatement(
    "DELETE FROM event_pending WHERE event_uid = $1")
}
