package import Storage

/// PostgreSQL as the engine past one machine: any number of nodes, each with a bounded pool.
package final class PostgresEngine: SQLEngine {
  private let target: String
  private let options: PostgresOptions
  private let pool: PostgresPool

  /// An engine that connects when first needed.
  ///
  /// - Parameter target: a URL or key words, as libpq reads them:
  ///   https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
  package init(target: String, options: PostgresOptions = PostgresOptions()) {
    self.target = target
    self.options = options
    pool = PostgresPool(options) { () throws(SQLFailure) in
      try Self.connect(to: target, options)
    }
  }

  package var dialect: SQLDialect { .postgres }

  @discardableResult
  package func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await submit(purpose == .change ? .write : .disclosure, unit)
  }

  package func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await submit(.read, unit)
  }

  private func submit<R: Sendable>(
    _ kind: TransactionKind, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      pool.submit(PostgresUnit(kind, unit, continuation: continuation))
    }
  }

  /// Runs outside any transaction on a connection of its own, one node at a time, before the store is in use.
  /// Blocks the calling thread.
  package func prepare<R>(_ body: (any SQLConnection) throws -> R) throws -> R {
    let connection = try Self.connect(to: target, .upkeep)
    try connection.script("SELECT pg_advisory_lock(\(AdvisoryLock.schema.rawValue))")
    // The end of the connection ends the lock, too.
    return try body(connection)
  }

  /// - Throws: `StoreError.unsuitable` while a server gives out places in the database
  func demandUnused() throws(StoreError) {
    try StoreError.translating {
      if try !prepare(dialect.isUnused) {
        throw StoreError.unsuitable("a server is at work on the database: end all servers first")
      }
    }
  }

  /// Round trips that units have taken so far.
  package var roundTripCount: Int { pool.roundTripCount }

  /// Somebody else has reached the database: units may try again at once.
  func markReached() { pool.markReached() }

  package func scrub(_ tables: [String]) async throws {
    try prepare { connection in
      for statement in dialect.scrubbing(tables) { try connection.script(statement) }
    }
  }

  package func close() async throws { await pool.close() }

  /// A connection that is nobody else's.
  func connect() throws(SQLFailure) -> PostgresConnection {
    try Self.connect(to: target, options)
  }

  private static func connect(
    to target: String, _ options: PostgresOptions
  ) throws(SQLFailure) -> PostgresConnection {
    let link = try PostgresLink(
      target, settings: options.settings(isLocal: PostgresLink.namesLocalOnly(target)),
      patience: options.answerTimeout)
    guard link.isPrivate || target.contains("sslmode=disable") else {
      throw .unsuitable(
        """
        the way to the database is not encrypted, and people's names go over it: give \
        sslmode=verify-full and sslrootcert, or sslmode=disable where the network is yours alone
        """)
    }
    let connection = PostgresConnection(link)
    try demandTextOrder(connection)
    return connection
  }

  /// Pages go by the order of ids, which must be that of their bytes, as in SQLite.
  private static func demandTextOrder(_ connection: PostgresConnection) throws(SQLFailure) {
    let found = try connection.first(.textOrder, []) { (row) throws(SQLFailure) in
      (
        collation: try row.text(), encoding: try row.text(), provider: try row.text(),
        synchronousCommit: try row.text()
      )
    }
    if found?.synchronousCommit == "off" {
      throw .unsuitable(
        "synchronous_commit is off, so that what was acknowledged may be lost: set it on for this role"
      )
    }
    guard let found, ["C", "POSIX"].contains(found.collation), found.encoding == "UTF8",
      found.provider == "c"
    else {
      throw .unsuitable(
        """
        the database's order of text is \(found?.collation ?? "unknown"), not C in UTF-8; make it with \
        CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'
        """)
    }
  }
}

/// The locks that nodes share, by numbers nobody else should use in this database.
package enum AdvisoryLock: Int64 {
  /// One node brings the schema forward.
  case schema = 0x7061_7361_0001
  /// One node gives out places in the log and the feed.
  case sequencer = 0x7061_7361_0003
}

extension SQLStatement {
  fileprivate static let textOrder = SQLStatement(
    """
    SELECT CAST(datcollate AS TEXT), CAST(pg_encoding_to_char(encoding) AS TEXT),
      CAST(datlocprovider AS TEXT), current_setting('synchronous_commit')
    FROM pg_database
    WHERE datname = current_database()
    """)
}
