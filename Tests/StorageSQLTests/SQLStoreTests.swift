import Domain
import MemoryStore
import Storage
import StorageSQL
import StoreSamples
import Testing

@Suite struct SQLStoreTests {
  private func open(_ database: TemporaryDatabase) throws -> SQLStore {
    try SQLStore.open(
      sqlite: database.path, environment: .test(now: { StoredWorld.opening }))
  }

  @Test func `a unit whose statement failed is undone even if it goes on`() async throws {
    let database = try TemporaryDatabase()
    let store = try open(database)
    let world = try StoredWorld()
    await #expect(throws: StoreError.conflict(.identifier)) {
      try await store.write { transaction in
        try transaction.insert(world.program)
        // PostgreSQL would refuse every statement after this one; so must every engine.
        try? transaction.insert(world.program)
      }
    }
    #expect(try await store.read { try $0.programs() } == [])
    try await store.close()
  }

  @Test func `a store keeps what it held when it is opened again`() async throws {
    let database = try TemporaryDatabase()
    let world = try StoredWorld()
    let first = try open(database)
    try await first.write { try world.seed($0) }
    try await first.close()
    let second = try open(database)
    #expect(try await second.read { try $0.programs() } == [world.program])
    #expect(try await second.integrityProblems() == [])
    try await second.close()
  }

  @Test func `a second server on the file is told whose it is`() async throws {
    let database = try TemporaryDatabase()
    let first = try open(database)
    let error = #expect(throws: StoreError.inUse(path: database.path)) { try open(database) }
    #expect(error?.description.contains("another pasarela-server") == true)
    try await first.close()
  }

  @Test func `a schema from the future is refused with what to do`() async throws {
    let database = try TemporaryDatabase()
    try await open(database).close()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare {
      try $0.script("INSERT INTO schema_version VALUES (999, 'future', 'x', 0)")
    }
    try await engine.close()
    let known = Schema.migrations.count
    let error = #expect(throws: StoreError.newerSchema(found: 999, known: known)) {
      try open(database)
    }
    #expect(error?.description.contains("at least as new") == true)
  }

  @Test(arguments: Schema.migrations.flatMap(\.appendOnlyTables), ["UPDATE", "DELETE", "REPLACE"])
  func `the log, the feed and decisions take insertions only`(
    table: String, verb: String
  ) async throws {
    let database = try TemporaryDatabase()
    try await open(database).close()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      // Values do not matter to the trigger, so constraints are put aside for the one row.
      let row = try #require(Self.rows[table])
      try connection.script("PRAGMA foreign_keys = OFF; \(row)")
      let change =
        switch verb {
        case "DELETE": "DELETE FROM \(table)"
        case "REPLACE": row.replacing("INSERT INTO", with: "INSERT OR REPLACE INTO")
        default: "UPDATE \(table) SET \(try #require(Self.column[table]))"
        }
      let failure = #expect(throws: SQLFailure.self) {
        try connection.run(SQLStatement(change), [])
      }
      #expect(failure == .appendOnly("\(table) takes insertions only"))
    }
    try await engine.close()
  }

  /// A row of each table that only grows.
  static let rows = [
    "decision": """
    INSERT INTO decision(uid, referral_id, number, create_us, body) VALUES ('d', 'r', 1, 0, 'x')
    """,
    "status_event": """
    INSERT INTO status_event(uid, aggregate, aggregate_id, version, type,
      state_after, actor_class, time_us)
    VALUES ('e', 1, 'x', 1, 't', 1, 1, 0)
    """,
    "audit_entry": """
    INSERT INTO audit_entry(uid, log, event_us, role, method, verdict, policy_version,
      request_commitment)
    VALUES ('e', 'l', 0, 1, 'm', 1, '1', x'00')
    """,
    "event_feed": "INSERT INTO event_feed VALUES (1, 'e')",
    "audit_leaf": "INSERT INTO audit_leaf VALUES (0, 0, 'e', x'00', x'00')",
    "audit_tile": "INSERT INTO audit_tile VALUES (1, 0, x'00')",
    "audit_checkpoint": "INSERT INTO audit_checkpoint VALUES (0, x'00', 0, 'n')",
    "fact": "INSERT INTO fact(uid, program_id, day, measure, number) VALUES ('f', 'p', 1, 1, 1)",
    "report_release": "INSERT INTO report_release VALUES ('p', 1, '{}')",
  ]

  /// A change of such a row.
  static let column = [
    "decision": "number = 2", "status_event": "version = 2", "audit_entry": "method = 'n'",
    "audit_leaf": "sequenced_us = 1", "event_feed": "feed_position = 2",
    "audit_tile": "place = 1", "audit_checkpoint": "note = 'm'", "fact": "number = 2",
    "report_release": "body = '{1}'",
  ]
}
