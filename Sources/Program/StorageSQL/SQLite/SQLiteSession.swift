import GRDB
import GRDBSQLite

/// One SQLite connection speaking the seam's language.
///
/// GRDB opens, configures, caches and closes; binding and stepping go to SQLite directly, because
/// the general argument and row types of GRDB cost more than SQLite's own work on a point read.
/// Not `Sendable`: it lives and is used inside its `SQLiteHandle`'s queue.
final class SQLiteSession: SQLConnection {
  private let database: Database
  /// Prepared statements by `SQLStatement.number`; GRDB keeps them alive and finalises them.
  private var prepared: [SQLitePrepared?] = []

  init(_ database: Database) {
    self.database = database
  }

  /// Whether a transaction is open; false after SQLite itself gave one up (disk full, I/O error).
  var isInTransaction: Bool { database.isInsideTransaction }

  /// Rows changed over this connection since it was opened, those since undone included.
  var totalChangeCount: Int { database.totalChangesCount }

  @discardableResult
  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) -> Int {
    let prepared = try prepare(statement)
    try prepared.bind(values)
    defer { prepared.reset() }
    while try prepared.step() {}
    return prepared.changeCount
  }

  /// Every statement is run at once.
  var isDeferring: Bool { false }

  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) {
    try run(statement, values)
  }

  func rows(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ each: (inout SQLRow) throws(SQLFailure) -> Bool
  ) throws(SQLFailure) {
    let prepared = try prepare(statement)
    try prepared.bind(values)
    defer { prepared.reset() }
    while try prepared.step() {
      var row = SQLRow(prepared)
      if try !each(&row) { return }
    }
  }

  func script(_ text: String) throws(SQLFailure) {
    do {
      try database.execute(sql: text)
    } catch {
      throw SQLFailure(sqlite: error)
    }
  }

  private func prepare(_ statement: SQLStatement) throws(SQLFailure) -> SQLitePrepared {
    if statement.number < prepared.count, let found = prepared[statement.number] { return found }
    do {
      let fresh = SQLitePrepared(
        try database.makeStatement(sql: SQLitePrepared.numbered(statement.text)))
      while prepared.count <= statement.number { prepared.append(nil) }
      prepared[statement.number] = fresh
      return fresh
    } catch {
      throw SQLFailure(sqlite: error)
    }
  }
}
