import Domain
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Testing

/// Every law holds of what the store makes, and finds what it is there to find, on both engines.
@Suite(.serialized) struct LawTests {
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })

  @Test func `each law has its damage`() {
    for law in Law.all {
      #expect(
        LawDamage.all.contains { law.name.hasPrefix($0.law) }, "nothing breaks \(law.name)")
    }
    #expect(Set(Law.all.map(\.name)).count == Law.all.count)
  }

  @Test func `SQLite finds each damage`() async throws {
    let database = try TemporaryDatabase()
    try await fill(try SQLStore.open(sqlite: database.path, environment: Self.environment))
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      try connection.script("PRAGMA foreign_keys = OFF")
      let triggers = SQLStatement("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      let names = try connection.all(triggers, []) { (row) throws(SQLFailure) in try row.text() }
      for name in names { try connection.script("DROP TRIGGER \(name)") }
      try judge(connection)
    }
    try await engine.close()
  }

  @Test func `PostgreSQL finds each damage`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    try await fill(try SQLStore.open(postgres: target, environment: Self.environment))
    let engine = PostgresEngine(target: target)
    try engine.prepare { connection in
      // Past references and triggers.
      try connection.script("SET session_replication_role = replica")
      try judge(connection)
    }
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }

  @Test(arguments: [true, false])
  func `a duplicate that keeps nobody waiting is found by who has the key`(
    isHeld: Bool
  ) async throws {
    let database = try TemporaryDatabase()
    try await fill(
      try SQLStore.open(sqlite: database.path, environment: Self.environment), isHeld: isHeld)
    let inspector = SQLStore.inspecting(sqlite: database.path, environment: Self.environment)
    let found = try await inspector.check()
    #expect(found.count == (isHeld ? 0 : 1), "\(found)")
    #expect(found.allSatisfy { $0.contains("keeps nobody waiting") })
    try await inspector.close()
    var keyless = Self.environment
    keyless.vault.open = { _, _ in nil }
    let stranger = SQLStore.inspecting(sqlite: database.path, environment: keyless)
    #expect(try await stranger.missingHolds() == [])
    try await stranger.close()
  }

  @Test func `no law reads a table anew for each row of another`() async throws {
    let database = try TemporaryDatabase()
    try await SQLStore.open(sqlite: database.path, environment: Self.environment).close()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      for law in Law.all {
        for step in try plan(of: law, connection) where step.isRepeated {
          #expect(!step.detail.hasPrefix("SCAN"), "\(law.name): \(step.detail)")
          // Nearly all rows are of the one programme there is.
          let isOfProgram = step.detail.hasSuffix("(program_id=?)")
          #expect(
            !isOfProgram || step.detail.contains("AUTOMATIC"), "\(law.name): \(step.detail)")
        }
      }
    }
    try await engine.close()
  }

  /// A loop of a plan: https://www.sqlite.org/eqp.html
  private struct Step {
    var detail: String
    /// Whether it is run for each row of another.
    var isRepeated: Bool
  }

  private func plan(of law: Law, _ connection: any SQLConnection) throws -> [Step] {
    let rows = try connection.all(
      SQLStatement("EXPLAIN QUERY PLAN \(law.countOfBreaches.text)"), []
    ) { (row) throws(SQLFailure) in
      let (id, parent, _) = (try row.integer(), try row.integer(), try row.integer())
      return (id: id, parent: parent, detail: try row.text())
    }
    let repeated = Set(rows.filter { $0.detail.hasPrefix("CORRELATED") }.map(\.id))
    var loops: Set<Int64> = []
    return rows.filter { $0.detail.hasPrefix("SCAN") || $0.detail.hasPrefix("SEARCH") }.map { row in
      // The first loop of a level is the outermost.
      Step(
        detail: row.detail,
        isRepeated: !loops.insert(row.parent).inserted || repeated.contains(row.parent))
    }
  }

  private func fill(_ store: SQLStore, isHeld: Bool = true) async throws {
    var scene = try LawScene(holdsLater: isHeld)
    try await scene.fill(store, hash: Self.environment.hash)
    try await store.sequencePending()
    try await store.close()
  }

  /// Breaks one law after the other, and undoes it.
  private func judge(_ connection: any SQLConnection) throws {
    #expect(try broken(connection) == [])
    for damage in LawDamage.all {
      try connection.script("BEGIN")
      for statement in damage.statements { try connection.script(statement) }
      let found = try broken(connection)
      #expect(
        found.contains { $0.hasPrefix(damage.law) },
        "\(damage.statements) is not found by \(damage.law): \(found)")
      try connection.script("ROLLBACK")
    }
    #expect(try broken(connection) == [])
  }

  /// The laws that are broken.
  private func broken(_ connection: any SQLConnection) throws -> [String] {
    try Law.all.filter { law in
      try connection.first(law.countOfBreaches, []) { (row) throws(SQLFailure) in
        try row.integer()
      } != 0
    }.map(\.name)
  }
}
