import Storage

/// Brings a database forward to the schema this program knows; never backward.
package struct Migrator: Sendable {
  private let migrations: [Migration]
  private let dialect: SQLDialect

  package init(_ migrations: [Migration], dialect: SQLDialect) {
    self.migrations = migrations
    self.dialect = dialect
  }

  /// Applies what is missing, each step in a transaction of its own.
  /// - Parameters:
  ///   - nowMicroseconds: noted as the time the steps were applied.
  ///   - judge: looks at a database that has steps already, given the last one, before any is added; throws to
  ///     leave it as it is
  /// - Throws: `StoreError.newerSchema` if the database has steps this program does not know,
  ///   `StoreError.alteredSchema` if a step was applied in another form.
  package func migrate(
    _ connection: any SQLConnection, nowMicroseconds: Int64,
    judge: (_ schema: Int) throws -> Void = { _ in }
  ) throws {
    try connection.script(Self.ledger)
    for function in dialect.functions { try connection.script(function) }
    let applied = try connection.all(.appliedSteps, []) { (row) throws(SQLFailure) in
      (version: try row.count(), checksum: try row.text())
    }
    let known = migrations.last?.version ?? 0
    if let newest = applied.last, newest.version > known {
      throw StoreError.newerSchema(found: newest.version, known: known)
    }
    for (step, migration) in zip(applied, migrations) where step.checksum != migration.checksum {
      throw StoreError.alteredSchema(version: step.version)
    }
    if let newest = applied.last { try judge(newest.version) }
    for migration in migrations.dropFirst(applied.count) {
      try apply(migration, on: connection, nowMicroseconds: nowMicroseconds)
    }
  }

  private func apply(
    _ migration: Migration, on connection: any SQLConnection, nowMicroseconds: Int64
  ) throws(SQLFailure) {
    try connection.script("BEGIN")
    do {
      for statement in migration.statements { try connection.script(statement) }
      let own =
        migration.appendOnlyTables.flatMap(dialect.appendOnly)
        + migration.numberedTables.flatMap(dialect.numbered)
      for statement in own { try connection.script(statement) }
      try connection.run(
        .recordStep,
        [
          .count(migration.version), .text(migration.name), .text(migration.checksum),
          .integer(nowMicroseconds),
        ])
      try connection.script("COMMIT")
    } catch {
      // The step's own error is what helps; a rollback that fails too finds no transaction.
      try? connection.script("ROLLBACK")
      throw error
    }
  }

  private static let ledger = """
    CREATE TABLE IF NOT EXISTS schema_version(
      version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,
      applied_us BIGINT NOT NULL)
    """
}

extension SQLStatement {
  fileprivate static let appliedSteps = SQLStatement(
    "SELECT version, checksum FROM schema_version ORDER BY version")
  fileprivate static let recordStep = SQLStatement(
    """
    INSERT INTO schema_version(version, name, checksum, applied_us) VALUES ($1, $2, $3, $4)
    """)
}
