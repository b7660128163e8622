import GRDB
package import Storage

/// SQLite as the embedded engine: one writer with group commit, readers on their callers' threads.
package final class SQLiteEngine: SQLEngine {
  private let lock: ServerLock
  private let writer: SQLiteHandle
  private let committer: GroupCommitter
  private let readers: ReaderPool

  /// Opens or creates the file and proves that what durability rests on is in force.
  /// - Throws: `SQLFailure.busy` when another server has the file open, `.corrupt` when it is not
  ///   an intact database, `.inputOutput` when it cannot be opened.
  package init(path: String, options: SQLiteOptions = SQLiteOptions()) throws(SQLFailure) {
    lock = try ServerLock(databasePath: path)
    writer = try SQLiteHandle(path: path, configuration: SQLiteSettings.writer)
    do {
      try writer.sync { session in try SQLiteSettings.verify(on: session) }
    } catch {
      throw SQLFailure(sqlite: error)
    }
    committer = GroupCommitter(writer: writer, limits: options.commit)
    readers = ReaderPool(path: path, idleMax: options.idleReadersMax)
  }

  package var dialect: SQLDialect { .sqlite }

  @discardableResult
  package func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await committer.write(unit)
  }

  package func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try readers.read(unit)
  }

  /// Runs outside any transaction on the writer's connection, before the store is in use.
  package func prepare<R>(_ body: (any SQLConnection) throws -> R) throws -> R {
    try writer.sync { session in try body(session) }
  }

  /// Everything SQLite finds wrong with the file; empty when it is intact. Takes long on a large
  /// file: it reads every page.
  package func integrityProblems() throws -> [String] { try readers.read(Self.problems) }

  static func problems(_ connection: any SQLConnection) throws -> [String] {
    let found =
      try connection.all(.integrityCheck, []) { (row) throws(SQLFailure) in try row.text() }
      + connection.all(.foreignKeyCheck, []) { (row) throws(SQLFailure) in
        "a row of \(try row.text()) refers to a missing row"
      }
    return found.filter { $0 != "ok" }
  }

  package func scrub(_ tables: [String]) async throws {
    try prepare { connection in
      for statement in dialect.scrubbing(tables) { try connection.script(statement) }
    }
  }

  package func close() async throws {
    committer.close()
    // An empty block behind the drain: when it has run, everything queued has been committed.
    await withCheckedContinuation { continuation in
      writer.async { _ in continuation.resume() }
    }
    try readers.close()
    try writer.close()
    lock.release()
  }
}

/// Sizes of the SQLite engine.
public struct SQLiteOptions: Sendable {
  /// Bounds of the group commit.
  public var commit = CommitLimits()
  /// Read connections kept open while nobody reads.
  public var idleReadersMax = 32

  /// The defaults, good for one server on one machine.
  public init() {}
}

extension SQLDialect {
  /// SQLite: a trigger per verb; `RAISE(ABORT)` undoes the statement and reports the table.
  static let sqlite = SQLDialect(
    needsRowLocks: false, sequencesLater: false, isFar: false,
    appendOnly: { table in ["UPDATE", "DELETE"].map { refusal(of: $0, on: table) } },
    reopened: { table in
      ("DROP TRIGGER \(table)_no_update", refusal(of: "UPDATE", on: table))
    },
    scrubbing: { _ in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] },
    numbered: { table in ["ALTER TABLE \(table) ADD COLUMN place BIGINT"] })

  private static func refusal(of verb: String, on table: String) -> String {
    """
    CREATE TRIGGER \(table)_no_\(verb.lowercased()) BEFORE \(verb) ON \(table)
    BEGIN SELECT RAISE(ABORT, '\(table) takes insertions only'); END;
    """
  }
}

extension SQLStatement {
  fileprivate static let integrityCheck = SQLStatement("PRAGMA integrity_check")
  fileprivate static let foreignKeyCheck = SQLStatement("PRAGMA foreign_key_check")
}
