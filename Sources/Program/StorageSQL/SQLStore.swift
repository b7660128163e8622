import Domain
public import Storage

/// The store on a SQL database.
public final class SQLStore: Store {
  private let engine: any SQLEngine
  private let environment: StoreEnvironment
  private let findProblems: @Sendable () throws -> [String]

  /// Opens a SQLite file, making it if there is none, and brings its schema forward.
  ///
  /// Blocks the calling thread for as long as migrations take. One process at a time: see
  /// ``SQLiteOptions``.
  /// - Throws: `StoreError` with a text for the operator: `inUse`, `newerSchema`, `alteredSchema`,
  ///   `wrongKey`, `unreadable`, `io`, `defect`.
  public static func open(
    sqlite path: String, environment: StoreEnvironment, options: SQLiteOptions = SQLiteOptions()
  ) throws(StoreError) -> SQLStore {
    do {
      let engine = try SQLiteEngine(path: path, options: options)
      try engine.prepare { connection in
        try Migrator(Schema.migrations, dialect: engine.dialect)
          .migrate(connection, nowMicroseconds: environment.now().microseconds)
        try VaultCheck.pass(connection, environment.vault, path: path)
      }
      return SQLStore(engine, environment: environment) { try engine.integrityProblems() }
    } catch let error as StoreError {
      throw error
    } catch SQLFailure.busy {
      throw .inUse(path: path)
    } catch SQLFailure.corrupt(let reason) {
      throw .unreadable(path: path, reason: reason)
    } catch {
      throw StoreError(SQLFailure(sqlite: error))
    }
  }

  package init(
    _ engine: any SQLEngine, environment: StoreEnvironment,
    findProblems: @escaping @Sendable () throws -> [String]
  ) {
    self.engine = engine
    self.environment = environment
    self.findProblems = findProblems
  }

  @discardableResult
  public func write<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    let (environment, dialect) = (environment, engine.dialect)
    return try await Self.translating { [engine] in
      try await engine.write { connection in
        let transaction = SQLTransaction(connection, environment: environment, dialect: dialect)
        let result = try unit(transaction)
        if let failure = transaction.failure { throw failure }
        return result
      }
    }
  }

  public func read<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R {
    let (environment, dialect) = (environment, engine.dialect)
    return try await Self.translating { [engine] in
      try await engine.read { connection in
        try unit(SQLTransaction(connection, environment: environment, dialect: dialect))
      }
    }
  }

  public func integrityProblems() async throws -> [String] {
    try await Self.translating { [findProblems] in try findProblems() }
  }

  public func close() async throws {
    try await Self.translating { [engine] in try await engine.close() }
  }

  /// Lets what the unit threw pass, and gives the engine's own failures their names in the domain.
  private static func translating<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch let failure as SQLFailure {
      throw StoreError(failure)
    }
  }
}
