import MemoryStore
import PostgresFixture
import StorageSQL
import StoreSamples
import Testing

/// INV-10 on PostgreSQL, by whoever has the server's own connection.
@Suite(.serialized) struct AppendOnlyTests {
  private static let tables = Schema.migrations.flatMap(\.appendOnlyTables)

  @Test func `no statement changes or takes away a row of the log, the feed or the decisions`()
    async throws
  {
    let target = try PostgresServer.shared.get().makeDatabase()
    let store = try SQLStore.open(
      postgres: target, environment: .test(now: { StoredWorld.opening }))
    try await store.close()
    let engine = PostgresEngine(target: target)
    try engine.prepare { connection in
      // Past references and triggers, for the one row of each.
      try connection.script("SET session_replication_role = replica")
      for table in Self.tables {
        let row = try #require(SQLStoreTests.rows[table])
        try connection.script(row.replacing("x'00'", with: "'\\x00'::bytea"))
      }
      try connection.script("SET session_replication_role = origin")
    }
    for table in Self.tables {
      let column = try #require(SQLStoreTests.column[table])
      for change in [
        "UPDATE \(table) SET \(column)", "DELETE FROM \(table)", "TRUNCATE \(table) CASCADE",
        "MERGE INTO \(table) USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE",
      ] {
        let failure = await #expect(throws: SQLFailure.self, "\(change)") {
          try await engine.write { try $0.run(SQLStatement(change), []) }
        }
        guard case .appendOnly(let what) = failure else {
          Issue.record("\(change): \(String(describing: failure))")
          continue
        }
        #expect(what.hasSuffix("takes insertions only"))
      }
      let count = SQLStatement("SELECT COUNT(*) FROM \(table)")
      let rows = try await engine.read { connection in
        try connection.first(count, []) { (row) throws(SQLFailure) in try row.integer() }
      }
      #expect(rows == 1, "\(table)")
    }
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }
}
