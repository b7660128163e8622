public import Domain
import Foundation
import GRDB
import StorageSQL

/// Looks into a SQLite store whose server is down, past all of the server's own code: are the
/// invariants kept on disk?
public struct StoreInspection {
  private let database: DatabaseQueue
  /// The file that is looked into.
  let path: String
  /// Where the copy is, if it is one; gone with the inspection.
  private var folder: TemporaryFolder?

  /// Opens the file; SQLite itself replays the write-ahead log, as the server would.
  public init(path: String) throws {
    self.path = path
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
      for law in Law.all {
        let count = try Int.fetchOne(db, sql: law.countOfBreaches.text) ?? 0
        if count > 0 { findings.append("\(law.name): \(count) rows") }
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

  /// Changes the file as somebody does who has the disk: past references, and past the triggers that keep the log.
  public func damage(_ sql: String) throws {
    try database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      for name in try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      {
        try db.execute(sql: "DROP TRIGGER \(name)")
      }
      try db.execute(sql: sql)
    }
  }

  /// The rows of one query.
  func rows(_ sql: String) throws -> [Row] {
    try database.read { db in try Row.fetchAll(db, sql: sql) }
  }

  /// What reports count that is not what happened: each fact is committed with its event, or neither is.
  public func miscounts() throws -> [String] {
    try Self.counted.compactMap { measure, kind, type in
      let facts = try count("SELECT COUNT(*) FROM fact WHERE measure = \(measure.rawValue)")
      let events = try count(
        "SELECT COUNT(*) FROM status_event WHERE aggregate = \(kind.rawValue) AND type = ?", type)
      return facts == events ? nil : "\(facts) facts of \(measure), and \(events) events \(type)"
    }
  }

  private static let counted: [(Measure, AggregateKind, String)] = [
    (.submitted, .registration, "Submit"), (.offered, .appointment, "Offer"),
    (.confirmed, .appointment, "Confirm"), (.referralsSent, .referral, "Send"),
  ]

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

  /// The slots of an office that were made or closed, or whose free seats changed, once for each time, in the feed's order.
  public func slotChanges(office: String) throws -> [String] {
    // An appointment has its hold's seats from its booking on, until it ends without having taken place.
    let takers = AppointmentState.allCases.filter { $0.isLive || $0 == .fulfilled }
      .map { "\($0.rawValue)" }.joined(separator: ",")
    return try database.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT slot.uid
            FROM event_feed JOIN status_event AS event ON event.uid = event_feed.event_uid
            LEFT JOIN hold ON event.aggregate = :hold AND hold.uid = event.aggregate_id
            LEFT JOIN appointment AS visit
              ON event.aggregate = :appointment AND visit.uid = event.aggregate_id
            JOIN slot ON slot.uid = COALESCE(
              hold.slot_id, visit.slot_id, CASE event.aggregate WHEN :slot THEN event.aggregate_id END)
            WHERE slot.office_id = :office AND (
              event.aggregate = :slot OR hold.uid IS NOT NULL AND event.state_after <> :consumed
              OR visit.uid IS NOT NULL AND event.type <> 'Book'
                AND (COALESCE(event.state_before, 0) IN (\(takers))) <> (event.state_after IN (\(takers))))
            ORDER BY event_feed.feed_position
          """,
        arguments: [
          "hold": AggregateKind.hold.rawValue, "slot": AggregateKind.slot.rawValue,
          "appointment": AggregateKind.appointment.rawValue, "office": office,
          "consumed": HoldState.consumed.rawValue,
        ])
    }
  }
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
