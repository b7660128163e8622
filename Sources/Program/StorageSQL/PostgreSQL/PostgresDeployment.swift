public import Storage

/// What a PostgreSQL database is, before a store is opened on it.
public struct PostgresDeployment: Sendable {
  /// Whether no store was ever opened on it.
  public let isNew: Bool
  /// By how many microseconds the programme's clock is ahead of the database's; nil unless it is a rehearsal's.
  public let rehearsalOffset: Int64?
  /// The database's time.
  public let clock: DatabaseClock

  /// Looks at a database. Blocks the calling thread.
  ///
  /// - Throws: `StoreError.unavailable`, `unsuitable`, `defect`
  public init(at target: String) throws(StoreError) {
    let clock = DatabaseClock()
    (isNew, rehearsalOffset) = try StoreError.translating {
      try PostgresEngine(target: target).prepare { connection in
        try clock.set(by: connection)
        let isMade = try connection.first(.hasStore, []) { (row) throws(SQLFailure) in
          try row.flag()
        }
        guard isMade ?? false else { return (true, nil) }
        return (false, try Self.rehearsalOffset(connection))
      }
    }
    self.clock = clock
  }

  /// Marks a database as a rehearsal's, for good, or lets the clock of one go forward; another node may have been
  /// faster.
  ///
  /// - Returns: the offset that counts
  static func mark(
    rehearsalOffset: Int64, _ connection: any SQLConnection
  ) throws(SQLFailure) -> Int64 {
    let marked = try Self.rehearsalOffset(connection) ?? .min
    if marked < rehearsalOffset { try connection.run(.mark, [.text("\(rehearsalOffset)")]) }
    return max(marked, rehearsalOffset)
  }

  private static func rehearsalOffset(
    _ connection: any SQLConnection
  ) throws(SQLFailure) -> Int64? {
    try connection.first(.marked, []) { (row) throws(SQLFailure) in try row.text() }
      .flatMap { Int64($0) }
  }
}

extension SQLStatement {
  fileprivate static let hasStore = SQLStatement(
    "SELECT CASE WHEN to_regclass('deployment') IS NULL THEN 0 ELSE 1 END")
  fileprivate static let marked = SQLStatement(
    "SELECT value FROM deployment WHERE name = 'rehearsal_offset_us'")
  fileprivate static let mark = SQLStatement(
    """
    INSERT INTO deployment(name, value) VALUES ('rehearsal_offset_us', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """)
}
