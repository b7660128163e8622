import Foundation
import StorageSQL
import Testing

@Suite struct SQLiteSettingsTests {
  @Test(arguments: [
    ("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1"),
    ("PRAGMA secure_delete", "1"), ("PRAGMA recursive_triggers", "1"),
  ])
  func `the writer's own connection reports the setting in force`(
    pragma: String, value: String
  ) async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    let statement = SQLStatement(pragma)
    let found = try engine.prepare { connection in
      try connection.first(statement, []) { (row) throws(SQLFailure) in try row.text() }
    }
    #expect(found == value)
    try await engine.close()
  }

  @Test func `a reader cannot write`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    await #expect(throws: SQLFailure.self) {
      try await engine.read { connection in try connection.script("CREATE TABLE t(x BIGINT)") }
    }
    try await engine.close()
  }

  @Test func `a second engine on the same file is refused until the first closes`() async throws {
    let database = try TemporaryDatabase()
    let first = try SQLiteEngine(path: database.path)
    #expect(throws: SQLFailure.busy) { try SQLiteEngine(path: database.path) }
    try await first.close()
    let second = try SQLiteEngine(path: database.path)
    try await second.close()
  }

  @Test func `a file that is no database is refused as such`() throws {
    let database = try TemporaryDatabase()
    try String(repeating: "not a database ", count: 100)
      .write(toFile: database.path, atomically: true, encoding: .utf8)
    let failure = #expect(throws: SQLFailure.self) { try SQLiteEngine(path: database.path) }
    guard case .corrupt = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func `a directory that does not exist is an I/O failure`() {
    let failure = #expect(throws: SQLFailure.self) {
      try SQLiteEngine(path: "/nonexistent/directory/store.sqlite")
    }
    guard case .inputOutput = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func `values of every kind read back as they were bound`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { try $0.script("CREATE TABLE v(i BIGINT, t TEXT, b BYTEA)") }
    // Parameters out of order and used twice: numbers, not order of appearance, must decide.
    let insert = SQLStatement("INSERT INTO v(b, t, i) VALUES ($3, $2, $1), ($3, $2, $1)")
    let select = SQLStatement("SELECT i, t, b FROM v LIMIT 1")
    let clear = SQLStatement("DELETE FROM v")
    let table: [(Int64?, String?, [UInt8]?)] = [
      (nil, nil, nil), (.min, "", []), (.max, "Q'eqchi' ʼ ñ\u{0}z", [0, 255, 10]),
      (0, String(repeating: "é", count: 5000), [UInt8](repeating: 7, count: 70_000)),
    ]
    for (integer, text, bytes) in table {
      let read = try engine.prepare { connection in
        let count = try connection.run(insert, [.integer(integer), .text(text), .bytes(bytes)])
        #expect(count == 2)
        defer { _ = try? connection.run(clear, []) }
        return try connection.first(select, []) { (row) throws(SQLFailure) in
          (row.integerIfPresent(), row.textIfPresent(), row.bytesIfPresent())
        }
      }
      let found = try #require(read)
      #expect(found.0 == integer)
      #expect(found.1 == text)
      #expect(found.2 == bytes)
    }
    try await engine.close()
  }
}
