import GRDB

/// How connections are opened, and what must be in force before the first write.
enum SQLiteSettings {
  /// How long a connection waits for a lock held by another process (a backup, a shell).
  static let busyTimeoutSeconds = 5.0
  /// The page cache of one connection: negative means KiB.
  static let cacheSize = -16_000

  /// The one connection that writes.
  static var writer: Configuration {
    var configuration = shared
    configuration.label = "pasarela.writer"
    configuration.prepareDatabase { database in
      // Order matters: the journal mode must be set outside any transaction and before the rest.
      try database.execute(
        sql: """
          PRAGMA journal_mode = WAL;
          PRAGMA synchronous = FULL;
          PRAGMA secure_delete = ON;
          PRAGMA recursive_triggers = ON;
          PRAGMA wal_autocheckpoint = 4000;
          PRAGMA cache_size = \(cacheSize);
          PRAGMA temp_store = MEMORY;
          """)
    }
    return configuration
  }

  /// A connection that can only read.
  static var reader: Configuration {
    var configuration = shared
    configuration.label = "pasarela.reader"
    configuration.readonly = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = \(cacheSize); PRAGMA temp_store = MEMORY;")
    }
    return configuration
  }

  private static var shared: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busyTimeoutSeconds)
    // Transactions here span several statements of one block, which GRDB takes for a leak.
    configuration.allowsUnsafeTransactions = true
    return configuration
  }

  /// What durability and erasure rest on: (pragma, value as SQLite reports it, why).
  private static let required: [(pragma: SQLStatement, value: String, promise: String)] = [
    (SQLStatement("PRAGMA journal_mode"), "wal", "write-ahead logging"),
    (SQLStatement("PRAGMA synchronous"), "2", "synchronous=FULL, one fsync per commit"),
    (SQLStatement("PRAGMA foreign_keys"), "1", "foreign keys"),
    (SQLStatement("PRAGMA secure_delete"), "1", "secure deletion"),
    // Without it REPLACE takes a row out past the triggers that keep the log (INV-10).
    (SQLStatement("PRAGMA recursive_triggers"), "1", "triggers on what REPLACE deletes"),
  ]

  /// Reads the settings back from the writer's own connection.
  ///
  /// A PRAGMA that does not take effect reports no error, so asking is the only proof.
  /// - Throws: `SQLFailure.statement` naming the first that is not in force.
  static func verify(on session: SQLiteSession) throws(SQLFailure) {
    for (pragma, value, promise) in required {
      let found = try session.first(pragma, []) { (row) throws(SQLFailure) in try row.text() }
      guard found == value else {
        throw .statement(
          "\(promise) is not in force: \(pragma.text) says \(found ?? "nothing"), not \(value)")
      }
    }
  }
}
