import Domain
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Testing

/// Which databases are opened, and with what key.
@Suite struct StoreFormTests {
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })

  /// A database as a build left it whose keys could not be changed.
  private func makeEarlier(_ connection: any SQLConnection, _ dialect: SQLDialect) throws {
    try Migrator(Array(Schema.migrations.prefix(6)), dialect: dialect)
      .migrate(connection, nowMicroseconds: 0)
    try connection.run(
      SQLStatement("INSERT INTO vault_check(uid, sealed) VALUES ('vault-check', $1)"),
      [.bytes([1, 2, 3])])
  }

  private func stepCount(_ connection: any SQLConnection) throws -> Int? {
    try connection.first(SQLStatement("SELECT COUNT(*) FROM schema_version"), []) {
      (row) throws(SQLFailure) in try row.count()
    }
  }

  private func expectRefused(_ error: StoreError?) {
    #expect(error.map { if case .earlierForm(_, schema: 6) = $0 { true } else { false } } == true)
    #expect(error?.description.contains("serve it with the build that wrote it") == true)
  }

  @Test func `SQLite: an earlier build's file is refused as it is opened, and left as it is`()
    async throws
  {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { try makeEarlier($0, engine.dialect) }
    try await engine.close()
    expectRefused(
      #expect(throws: StoreError.self) {
        try SQLStore.open(sqlite: database.path, environment: Self.environment)
      })
    expectRefused(
      #expect(throws: StoreError.self) {
        try SQLStore.copying(sqlite: database.path, environment: Self.environment)
      })
    let again = try SQLiteEngine(path: database.path)
    #expect(try again.prepare { try stepCount($0) } == 6)
    try await again.close()
  }

  @Test
  func `PostgreSQL: an earlier build's database is refused as it is opened, and left as it is`()
    async throws
  {
    let server = try PostgresServer.shared.get()
    let target = try server.makeDatabase()
    defer { try? server.drop(target) }
    let engine = PostgresEngine(target: target)
    try engine.prepare { try makeEarlier($0, engine.dialect) }
    expectRefused(
      #expect(throws: StoreError.self) {
        try SQLStore.open(postgres: target, environment: Self.environment)
      })
    #expect(try engine.prepare { try stepCount($0) } == 6)
    try await engine.close()
  }

  @Test func `a store keeps its lasting key, which is its own`() async throws {
    var keys: Set<[UInt8]> = []
    for _ in 0..<2 {
      let database = try TemporaryDatabase()
      let first = try SQLStore.open(sqlite: database.path, environment: Self.environment)
      #expect(first.lastingKey.count == 32)
      try await first.close()
      let second = try SQLStore.open(sqlite: database.path, environment: Self.environment)
      #expect(second.lastingKey == first.lastingKey)
      try await second.close()
      let inspected = SQLStore.inspecting(sqlite: database.path, environment: Self.environment)
      #expect(try await inspected.readLastingKey(path: database.path) == first.lastingKey)
      try await inspected.close()
      keys.insert(first.lastingKey)
    }
    #expect(keys.count == 2)
  }
}
