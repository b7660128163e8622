import Domain
public import Storage

extension SQLStore {
  /// Opens a PostgreSQL database, which must exist, and brings its schema forward.
  ///
  /// Blocks the calling thread for as long as migrations take. Any number of processes may share a database.
  ///
  /// - Parameters:
  ///   - target: a URL or key words, as libpq reads them
  ///   - clock: is set by the database's time, and kept so
  ///   - rehearsalOffset: marks the database as a rehearsal's, see ``PostgresDeployment``
  /// - Throws: `StoreError` with a text for the operator: `unavailable`, `unsuitable`, `newerSchema`,
  ///   `alteredSchema`, `earlierForm`, `halfRotated`, `wrongKey`, `defect`.
  public static func open(
    postgres target: String, environment: StoreEnvironment, clock: DatabaseClock = DatabaseClock(),
    rehearsalOffset: Int64? = nil, options: PostgresOptions = PostgresOptions()
  ) throws(StoreError) -> SQLStore {
    let engine = PostgresEngine(target: target, options: options)
    let lastingKey = try prepare(
      engine, environment: environment, clock: clock, checksKey: true,
      rehearsalOffset: rehearsalOffset)
    return SQLStore(engine, environment: environment, lastingKey: lastingKey, clock: clock)
  }

  /// Brings the schema forward, one node at a time.
  ///
  /// - Returns: the lasting key; empty where the store's own is not checked
  @discardableResult
  static func prepare(
    _ engine: PostgresEngine, environment: StoreEnvironment, clock: DatabaseClock, checksKey: Bool,
    rehearsalOffset: Int64? = nil
  ) throws(StoreError) -> [UInt8] {
    try StoreError.translating {
      try engine.prepare { connection in
        try clock.set(by: connection)
        let lastingKey = try Schema.bring(
          connection, engine.dialect, environment, path: "the database", checksKey: checksKey)
        if let rehearsalOffset,
          try PostgresDeployment.mark(rehearsalOffset: rehearsalOffset, connection)
            != rehearsalOffset
        {
          throw StoreError.unsuitable("another node has just begun this rehearsal: start again")
        }
        return lastingKey
      }
    }
  }

  /// Gives out places once, in a transaction that has begun; whether there may be more.
  static func sequence(
    _ connection: any SQLConnection, _ environment: StoreEnvironment, _ dialect: SQLDialect
  ) throws -> Bool {
    let limit = 1000
    let found = try SQLTransaction(
      connection, environment: environment, dialect: dialect, isWriting: true
    ).sequencePending(limit: limit)
    if found.events > 0 { try connection.tell(.sayNews, []) }
    return max(found.entries, found.events) == limit
  }
}

extension PostgresConnection {
  /// Gives out places in a transaction of its own, if anything waits for one; how many were given.
  func sequence(_ environment: StoreEnvironment) throws -> Int {
    let isAnyWaiting = try first(.hasPending, []) { (row) throws(SQLFailure) in try row.flag() }
    guard isAnyWaiting ?? false else { return 0 }
    do {
      try begin(.write)
      _ = try SQLStore.sequence(self, environment, .postgres)
      try commit()
      return 1
    } catch {
      rollback()
      throw error
    }
  }
}
