public import Storage

extension SQLStore {
  /// Opens a store only to look at it, while servers may go on with it; nothing is written, not even its schema.
  public static func inspecting(sqlite path: String, environment: StoreEnvironment) -> SQLStore {
    let engine = SQLiteInspector(path: path)
    return SQLStore(engine, environment: environment) { try engine.problems() }
  }

  /// As above.
  public static func inspecting(
    postgres target: String, environment: StoreEnvironment
  ) -> SQLStore {
    SQLStore(PostgresEngine(target: target, options: .upkeep), environment: environment) { [] }
  }

  /// Opens a SQLite file to copy from or to, without its key: its sealed columns stay as they are.
  ///
  /// - Throws: as `open`
  public static func copying(
    sqlite path: String, environment: StoreEnvironment
  ) throws(StoreError) -> SQLStore {
    try open(sqlite: path, environment: environment, checksKey: false, options: SQLiteOptions())
  }

  /// Opens a database to copy from or to, without its key; no server may use it.
  ///
  /// - Throws: as `open`; `unsuitable` when a server is at work on it
  public static func copying(
    postgres target: String, environment: StoreEnvironment, rehearsalOffset: Int64? = nil
  ) throws(StoreError) -> SQLStore {
    let engine = PostgresEngine(target: target, options: .upkeep)
    try engine.demandUnused()
    try prepare(
      engine, environment: environment, clock: DatabaseClock(), checksKey: false,
      rehearsalOffset: rehearsalOffset)
    return SQLStore(engine, environment: environment) { [] }
  }

  /// The lasting key of a store that is only looked at; see ``lastingKey``.
  ///
  /// - Throws: `StoreError.wrongKey`, `halfRotated`; `unsuitable` where there is none yet
  public func readLastingKey(path: String) async throws -> [UInt8] {
    try await readRows { [environment] connection in
      if try StoreKeys.sealed(StoreKeys.next, connection) != nil {
        throw StoreError.halfRotated(path: path)
      }
      guard let sealed = try StoreKeys.sealed(StoreKeys.lasting, connection) else {
        throw StoreError.unsuitable("\(path) has no lasting key: serve it once with this build")
      }
      guard let key = environment.vault.open(sealed, StoreKeys.lasting) else {
        throw StoreError.wrongKey(path: path)
      }
      return key
    }
  }
}
