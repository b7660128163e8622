package import Storage

/// Brings a database forward to the schema this program knows; never backward.
package struct Migrator: Sendable {
  private let migrations: [Migration]
  private let dialect: SQLDialect
  private let vault: Vault?

  /// - Parameter vault: seals what a step seals; nil where the database is brought forward without its key
  package init(_ migrations: [Migration], dialect: SQLDialect, vault: Vault? = nil) {
    self.migrations = migrations
    self.dialect = dialect
    self.vault = vault
  }

  /// Applies what is missing, each step in a transaction of its own.
  /// - Parameters:
  ///   - nowMicroseconds: noted as the time the steps were applied.
  ///   - judge: looks at a database that has steps already, given the last one, before any is added; throws to
  ///     leave it as it is
  /// - Throws: `StoreError.newerSchema` if the database has steps this program does not know,
  ///   `StoreError.alteredSchema` if a step was applied in another form, `SQLFailure.unsuitable` if a step
  ///   cannot be applied now; its text says what to do.
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
      try seal(migration, on: connection)
      try connection.script("COMMIT")
    } catch {
      // The step's own error is what helps; a rollback that fails too finds no transaction.
      try? connection.script("ROLLBACK")
      throw error
    }
  }

  /// Seals what lay open until this step, and notes that the files have to be written anew: what was changed stays in
  /// them until its place is needed.
  private func seal(
    _ migration: Migration, on connection: any SQLConnection
  ) throws(SQLFailure) {
    var open: [OpenTable] = []
    for table in migration.sealedTables where try !table.isEmpty(connection) {
      open.append(table)
    }
    guard !open.isEmpty else { return }
    guard let vault else {
      throw .unsuitable(
        "an earlier build left what this one seals open in the store: serve it once with this build"
      )
    }
    // A server of an earlier build would go on writing openly, and could read nothing any more.
    guard try dialect.isUnused(connection) else {
      throw .unsuitable("a server is at work on the database: end all servers first")
    }
    for table in open { try table.seal(by: vault, connection, dialect) }
    try connection.run(.noteTraces, [.text(open.map(\.rows.name).joined(separator: " "))])
  }

  /// Takes out of the files what steps have sealed since; after ``migrate``. Stopped in the middle, it is done when the
  /// database is opened again.
  package func removeTraces(_ connection: any SQLConnection) throws(SQLFailure) {
    let noted = try connection.first(.traces, []) { (row) throws(SQLFailure) in try row.text() }
    guard let noted else { return }
    for statement in dialect.scrubbing(noted.split(separator: " ").map(String.init)) {
      try connection.script(statement)
    }
    try connection.run(.forgetTraces, [])
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
  fileprivate static let noteTraces = SQLStatement(
    """
    INSERT INTO deployment(name, value) VALUES ('open_traces', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """)
  fileprivate static let traces = SQLStatement(
    "SELECT value FROM deployment WHERE name = 'open_traces'")
  fileprivate static let forgetTraces = SQLStatement(
    "DELETE FROM deployment WHERE name = 'open_traces'")
}
