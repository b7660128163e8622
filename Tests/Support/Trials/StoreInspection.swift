public import Domain
import Foundation
import GRDB

/// Looks into a SQLite store whose server is down, past all of the server's own code: are the
/// invariants kept on disk?
public struct StoreInspection {
  private let database: DatabaseQueue
  /// Where the copy is, if it is one; gone with the inspection.
  private var folder: TemporaryFolder?

  /// Opens the file; SQLite itself replays the write-ahead log, as the server would.
  public init(path: String) throws {
    database = try DatabaseQueue(path: path)
  }

  /// Looks into a copy of the file and its write-ahead log, and leaves both as they are.
  public init(copyOf path: String) throws {
    let folder = try TemporaryFolder()
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.copyItem(
        atPath: path + suffix, toPath: folder.file("copy.db\(suffix)"))
    }
    try self.init(path: folder.file("copy.db"))
    self.folder = folder
  }

  /// Everything found wrong; empty when all is well.
  public func findings() throws -> [String] {
    try database.read { db in
      var findings = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      findings += try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "foreign key: \($0)" }
      for (law, query) in Self.laws {
        let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM (\(query))") ?? 0
        if count > 0 { findings.append("\(law): \(count) rows") }
      }
      return findings
    }
  }

  /// A number from one query.
  public func count(_ sql: String, _ arguments: String...) throws -> Int {
    try database.read { db in
      try Int.fetchOne(db, sql: sql, arguments: StatementArguments(arguments)) ?? 0
    }
  }

  /// A column of texts from one query.
  public func texts(_ sql: String) throws -> [String] {
    try database.read { db in try String.fetchAll(db, sql: sql) }
  }

  /// The feed's events of one kind of resource, in their order.
  public func events(of kind: AggregateKind) throws -> [StoredEvent] {
    try database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT uid, aggregate_id, version, state_after
            FROM event_feed JOIN status_event ON status_event.uid = event_feed.event_uid
            WHERE aggregate = ? ORDER BY feed_position
          """, arguments: [kind.rawValue]
      ).map {
        StoredEvent(uid: $0[0], resource: $0[1], version: $0[2], stateAfter: $0[3])
      }
    }
  }

  /// Queries that find breaches: of each law no row may be found.
  private static let laws: [(String, String)] = [
    (
      "an answer that is kept has its entry in the log",
      """
      SELECT request_id FROM idempotency WHERE create_us NOT IN (
        SELECT event_us FROM audit_entry WHERE verdict = 1)
      """
    ),
    (
      "INV-1, INV-2: an appointment has exactly its seats",
      """
      SELECT a.uid FROM appointment a WHERE a.state IN (1,2,3,4,5) AND a.seats <>
        (SELECT COUNT(*) FROM seat s WHERE s.appointment_id = a.uid)
      """
    ),
    (
      "a seat is of one appointment that exists and holds it, in its own slot",
      """
      SELECT s.slot_id FROM seat s LEFT JOIN appointment a ON a.uid = s.appointment_id
        WHERE s.appointment_id IS NOT NULL
          AND (a.uid IS NULL OR a.slot_id <> s.slot_id OR a.state NOT IN (1,2,3,4,5))
      """
    ),
    (
      // One whose time was over when the last event happened may have lost seats to others.
      "a hold in its time has exactly its seats",
      """
      SELECT h.uid FROM hold h WHERE h.state = 1
        AND h.expires_us > (SELECT MAX(time_us) FROM status_event)
        AND h.seats <> (SELECT COUNT(*) FROM seat s WHERE s.hold_id = h.uid)
      """
    ),
    (
      "a household is one row per person and one seat each",
      """
      SELECT a.uid FROM appointment a WHERE a.seats <>
        (SELECT COUNT(*) FROM attendee t WHERE t.appointment_id = a.uid)
      """
    ),
    (
      "INV-9: a registration's last version has its event",
      """
      SELECT r.uid FROM registration r WHERE NOT EXISTS (SELECT 1 FROM status_event e
        WHERE e.aggregate = 7 AND e.aggregate_id = r.uid AND e.version = r.version)
      """
    ),
    (
      "INV-9: an appointment has one event per version",
      """
      SELECT a.uid FROM appointment a WHERE a.version <> (SELECT COUNT(*) FROM status_event e
        WHERE e.aggregate = 12 AND e.aggregate_id = a.uid)
      """
    ),
    (
      "INV-9: a hold has one event per version",
      """
      SELECT h.uid FROM hold h WHERE h.version <> (SELECT COUNT(*) FROM status_event e
        WHERE e.aggregate = 11 AND e.aggregate_id = h.uid)
      """
    ),
    (
      "INV-15: the log's places are dense and its time only goes forward",
      """
      SELECT l.log_position FROM audit_leaf l LEFT JOIN audit_leaf p
        ON p.log_position = l.log_position - 1
        WHERE l.log_position > 0 AND (p.log_position IS NULL OR p.sequenced_us >= l.sequenced_us)
      """
    ),
    (
      "every entry has its place in the log",
      """
      SELECT e.uid FROM audit_entry e WHERE NOT EXISTS
        (SELECT 1 FROM audit_leaf l WHERE l.entry_uid = e.uid)
      """
    ),
    (
      "INV-11: no window admits more than its quota",
      "SELECT uid FROM intake_window WHERE admitted > quota"
    ),
    (
      "a person is of a registration that names it",
      """
      SELECT p.uid FROM person p LEFT JOIN registration r ON r.uid = p.registration_id
        WHERE r.uid IS NULL OR instr(r.body, p.uid) = 0
      """
    ),
  ]
}

/// One row of the feed.
public struct StoredEvent: Sendable, Hashable {
  /// The event's own.
  public var uid: String
  /// The uid of what changed.
  public var resource: String
  /// The version that came of it.
  public var version: Int64
  /// The state's code.
  public var stateAfter: Int
}
