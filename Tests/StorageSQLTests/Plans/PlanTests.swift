import Domain
import Foundation
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Testing

/// No statement of the store reads a large table from end to end, on either engine.
///
/// The statements are those that a store was seen to make while everything was asked of it; that everything was asked
/// is checked against the sources.
@Suite struct PlanTests {
  @Test func `PostgreSQL finds an index for every statement`() async throws {
    let server = try PostgresServer.shared.get()
    let database = try server.makeDatabase()
    defer { try? server.drop(database) }
    let engine = PostgresEngine(target: database)
    try engine.prepare { connection in
      try migrate(connection, engine.dialect)
    }
    let record = StatementRecord()
    try await exercise(engine, record)
    let missing = try statementsInSources().subtracting(record.uses.map(\.statement.origin))
    #expect(missing.isEmpty, "\(missing)")
    try engine.prepare { connection in
      try LargeTables.fill(connection)
      let plans = PostgresPlans(connection)
      try plans.expectLargeTables()
      for (number, use) in record.uses.enumerated() { try plans.judge(use, number) }
      try plans.judgeDeletions(record.uses)
    }
    try await engine.close()
  }

  @Test func `SQLite finds an index for every statement`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { try migrate($0, engine.dialect) }
    let record = StatementRecord()
    try await exercise(engine, record)
    let missing = try statementsInSources()
      .subtracting(record.uses.map(\.statement.origin))
    for origin in missing {
      // What SQLite has no need of: locks, places given out later, and asking beforehand.
      let text = try lines(of: origin.file).dropFirst(origin.line - 1).prefix(3).joined()
      #expect(
        text.contains("FOR NO KEY UPDATE") || text.contains("_pending")
          || origin.file.hasSuffix("+Foresight.swift"), "\(origin) was not asked")
    }
    try engine.prepare { connection in
      for use in record.uses { try SQLitePlans(connection).judge(use) }
    }
    try await engine.close()
  }

  private func migrate(_ connection: any SQLConnection, _ dialect: SQLDialect) throws {
    try Migrator(Schema.migrations, dialect: dialect)
      .migrate(connection, nowMicroseconds: StoredWorld.opening.microseconds)
  }

  /// Asks everything of a store on an engine.
  private func exercise(_ engine: any SQLEngine, _ record: StatementRecord) async throws {
    let store = SQLStore(
      RecordingEngine(engine: engine, record: record),
      environment: .test(now: { StoredWorld.opening })
    ) { [] }
    var everything = try EveryStatement()
    let world = everything.world
    try await store.write { try world.seed($0) }
    try await everything.run(on: store)
    try await store.sequencePending()
  }

  /// Where statements are made in the portable part.
  private func statementsInSources() throws -> Set<SQLStatement.Origin> {
    var found: Set<SQLStatement.Origin> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.tables.path) {
      for (index, line) in try lines(of: file).enumerated() where line.contains("SQLStatement(") {
        found.insert(SQLStatement.Origin(file: "StorageSQL/\(file)", line: index + 1))
      }
    }
    #expect(found.count > 100)
    return found
  }

  private func lines(of file: String) throws -> [Substring] {
    let url = Self.tables.appending(path: file.split(separator: "/").last.map(String.init) ?? file)
    return try String(contentsOf: url, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static let tables = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Program/StorageSQL/Tables")
}
