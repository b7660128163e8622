import Storage
import StorageSQL
import Testing

@Suite struct MigratorTests {
  private static let first = Migration(
    version: 1, name: "one", statements: ["CREATE TABLE one(x BIGINT NOT NULL PRIMARY KEY)"],
    appendOnlyTables: ["one"])
  private static let second = Migration(
    version: 2, name: "two", statements: ["CREATE TABLE two(y TEXT NOT NULL)"])

  private func migrate(_ engine: SQLiteEngine, _ migrations: [Migration]) throws {
    try engine.prepare { connection in
      try Migrator(migrations, dialect: engine.dialect)
        .migrate(connection, nowMicroseconds: 1_686_528_000_000_000)
    }
  }

  @Test func `steps are applied once, in order, and later ones follow`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try migrate(engine, [Self.first])
    try migrate(engine, [Self.first])
    try migrate(engine, [Self.first, Self.second])
    let steps = SQLStatement("SELECT name FROM schema_version ORDER BY version")
    let names = try engine.prepare { connection in
      try connection.all(steps, []) { (row) throws(SQLFailure) in try row.text() }
    }
    #expect(names == ["one", "two"])
    try await engine.close()
  }

  @Test func `those who wait already are looked for by what they need`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try migrate(engine, Schema.migrations.filter { $0.version < 8 })
    try engine.prepare { connection in
      try connection.script("PRAGMA foreign_keys = OFF")
      for (entry, seats, notice) in [("a", 2, 7), ("b", 5, 90)] {
        try connection.script(
          """
          INSERT INTO waitlist_entry(uid, registration_id, service_kind, offices, notice_us, seats,
            rank_us, offers, state, version, create_us, update_us)
          VALUES ('\(entry)', 'r\(entry)', 2, 'o,p', \(notice), \(seats), 1, 0, 1, 1, 1, 1)
          """)
        for office in ["o", "p"] {
          try connection.script(
            """
            INSERT INTO waitlist_office(entry_id, office_id, kind, queue_us, waiting)
            VALUES ('\(entry)', '\(office)', 2, 1, 1)
            """)
        }
      }
    }
    try migrate(engine, Schema.migrations)
    let rows = try engine.prepare { connection in
      try connection.all(Self.needs, []) { (row) throws(SQLFailure) in
        [try row.integer(), try row.integer()]
      }
    }
    #expect(rows == [[2, 7], [2, 7], [5, 90], [5, 90]])
    try await engine.close()
  }

  private static let needs = SQLStatement(
    "SELECT seats, notice_us FROM waitlist_office ORDER BY entry_id, office_id")

  @Test func `a newer schema is refused with what to do`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try migrate(engine, [Self.first, Self.second])
    let error = #expect(throws: StoreError.self) { try migrate(engine, [Self.first]) }
    #expect(error == .newerSchema(found: 2, known: 1))
    #expect(error?.description.contains("at least as new") == true)
    try await engine.close()
  }

  @Test func `a released step that was edited is refused`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try migrate(engine, [Self.first])
    let edited = Migration(
      version: 1, name: "one", statements: ["CREATE TABLE one(x BIGINT NOT NULL)"],
      appendOnlyTables: ["one"])
    #expect(throws: StoreError.alteredSchema(version: 1)) { try migrate(engine, [edited]) }
    try await engine.close()
  }

  @Test func `a step that fails leaves nothing behind`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    let broken = Migration(
      version: 1, name: "broken", statements: ["CREATE TABLE half(x BIGINT)", "CREATE NONSENSE"])
    #expect(throws: SQLFailure.self) { try migrate(engine, [broken]) }
    try migrate(engine, [Self.first])
    #expect(throws: SQLFailure.self) {
      try engine.prepare { try $0.script("SELECT * FROM half") }
    }
    try await engine.close()
  }

  @Test(arguments: ["UPDATE one SET x = 2", "DELETE FROM one"])
  func `an append-only table refuses everything but insertion`(change: String) async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try migrate(engine, [Self.first])
    let statement = SQLStatement(change)
    try engine.prepare { try $0.script("INSERT INTO one VALUES (1)") }
    let failure = #expect(throws: SQLFailure.self) {
      try engine.prepare { try $0.run(statement, []) }
    }
    guard case .appendOnly = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    try await engine.close()
  }
}
