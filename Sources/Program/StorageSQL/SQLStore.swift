public import Domain
public import Storage

/// The store on a SQL database.
public final class SQLStore: Store {
  private let engine: any SQLEngine
  let environment: StoreEnvironment
  /// The key in the database from which those are derived that outlive its own; empty of a store that was opened
  /// without its key.
  public let lastingKey: [UInt8]
  private let findProblems: @Sendable () throws -> [String]
  /// What keeps this node up to date with others, where there may be any.
  private let keeper: FeedKeeper?
  public let news: AsyncStream<Void>
  public let reachability: AsyncStream<Bool>
  /// Yields, every two seconds, how long an entry of the audit log has waited for its place when that is more than five:
  /// no node gives places out, or the one that does is too slow. Ends at once where units take their own. For one
  /// reader.
  public let sequencerLag: AsyncStream<Duration>

  /// Opens a SQLite file, making it if there is none, and brings its schema forward.
  ///
  /// Blocks the calling thread for as long as migrations take. One process at a time: see
  /// ``SQLiteOptions``.
  /// - Throws: `StoreError` with a text for the operator: `inUse`, `newerSchema`, `alteredSchema`,
  ///   `earlierForm`, `halfRotated`, `wrongKey`, `unreadable`, `io`, `defect`.
  public static func open(
    sqlite path: String, environment: StoreEnvironment, options: SQLiteOptions = SQLiteOptions()
  ) throws(StoreError) -> SQLStore {
    try open(sqlite: path, environment: environment, checksKey: true, options: options)
  }

  /// - Parameter checksKey: whether the store must be of the environment's key; what is only copied need not
  static func open(
    sqlite path: String, environment: StoreEnvironment, checksKey: Bool, options: SQLiteOptions
  ) throws(StoreError) -> SQLStore {
    do {
      let engine = try SQLiteEngine(path: path, options: options)
      let lastingKey = try engine.prepare { connection in
        try Schema.bring(
          connection, engine.dialect, environment, path: path, checksKey: checksKey)
      }
      return SQLStore(engine, environment: environment, lastingKey: lastingKey) {
        try engine.integrityProblems()
      }
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
    _ engine: any SQLEngine, environment: StoreEnvironment, lastingKey: [UInt8] = [],
    findProblems: @escaping @Sendable () throws -> [String]
  ) {
    keeper = nil
    self.lastingKey = lastingKey
    (news, reachability, sequencerLag) = (.finished, .finished, .finished)
    self.engine = engine
    self.environment = environment
    self.findProblems = findProblems
  }

  /// A store that others may write, too.
  init(
    _ engine: PostgresEngine, environment: StoreEnvironment, lastingKey: [UInt8],
    clock: DatabaseClock
  ) {
    self.engine = engine
    self.lastingKey = lastingKey
    self.environment = environment
    findProblems = { [] }
    let (news, newsTeller) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (reachability, reachabilityTeller) = AsyncStream.makeStream(
      of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    let (lag, lagTeller) = AsyncStream.makeStream(
      of: Duration.self, bufferingPolicy: .bufferingNewest(1))
    (self.news, self.reachability, sequencerLag) = (news, reachability, lag)
    let keeper = FeedKeeper(
      clock: clock,
      reports: FeedKeeper.Reports(
        news: { newsTeller.yield() },
        reached: { isReached in
          if isReached { engine.markReached() }
          reachabilityTeller.yield(isReached)
        },
        lagging: { lagTeller.yield($0) }),
      connect: { () throws(SQLFailure) in try engine.connect() },
      sequence: { try $0.sequence(environment) })
    self.keeper = keeper
    keeper.start()
  }

  deinit { keeper?.halt() }

  @discardableResult
  public func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    for _ in 1..<Self.overtakenCountMax where engine.dialect.needsRowLocks {
      do {
        return try await writeOnce(purpose, unit)
      } catch StoreError.versionMismatch {
        // Somebody else changed what the unit had just read. It reads again, and finds out for itself whether
        // its caller has an old state.
      }
    }
    return try await writeOnce(purpose, unit)
  }

  /// How often a unit is run that others are faster than.
  private static let overtakenCountMax = 5

  private func writeOnce<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    let (environment, dialect) = (environment, engine.dialect)
    return try await Self.translating { [engine] in
      try await engine.write(purpose) { connection in
        let transaction = SQLTransaction(
          connection, environment: environment, dialect: dialect, isWriting: purpose == .change)
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
        try unit(
          SQLTransaction(
            connection, environment: environment, dialect: dialect, isWriting: false))
      }
    }
  }

  /// Gives places to everything that was committed without; nothing to do where units take their own.
  package func sequencePending() async throws {
    guard engine.dialect.sequencesLater else { return }
    let (environment, dialect) = (environment, engine.dialect)
    while true {
      let isMore = try await Self.translating { [engine] in
        try await engine.write { connection in
          try Self.sequence(connection, environment, dialect)
        }
      }
      if !isMore { return }
    }
  }

  public var now: Instant { environment.now() }

  /// Round trips to a database so far; 0 where there is none.
  package var roundTripCount: Int { (engine as? PostgresEngine)?.roundTripCount ?? 0 }

  /// Reads rows past the domain; for upkeep.
  func readRows<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await Self.translating { [engine] in try await engine.read(unit) }
  }

  /// Writes rows past the domain; for upkeep.
  @discardableResult
  func writeRows<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await Self.translating { [engine] in try await engine.write(unit) }
  }

  /// The domain's words on a connection whose unit has begun; for upkeep.
  func transaction(on connection: any SQLConnection) -> SQLTransaction {
    SQLTransaction(
      connection, environment: environment, dialect: engine.dialect, isWriting: true)
  }

  /// How a table that takes insertions only is opened for updates, and closed again; for upkeep.
  func reopened(_ table: String) -> (begin: String, end: String) { engine.dialect.reopened(table) }

  /// Whether other processes may have it open.
  var isShared: Bool { engine is PostgresEngine }

  /// - Throws: `StoreError.unsuitable` while a server is at work on it
  func demandUnused() throws(StoreError) { try (engine as? PostgresEngine)?.demandUnused() }

  /// Rewrites tables without what was deleted or changed there; for upkeep.
  func scrub(_ tables: [String]) async throws {
    try await Self.translating { [engine] in try await engine.scrub(tables) }
  }

  public func integrityProblems() async throws -> [String] {
    try await Self.translating { [findProblems] in try findProblems() }
  }

  public func close() async throws {
    await keeper?.stop()
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

extension AsyncStream {
  /// One that brings nothing.
  fileprivate static var finished: AsyncStream { AsyncStream { $0.finish() } }
}
