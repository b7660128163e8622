import Storage
import StorageSQL
import Testing

@Suite struct DueColumnsTests {
  /// Rows as step 1 kept them, with bodies that hold no more than what the step looks at.
  private static let rows = [
    "INSERT INTO program(uid, version, body) VALUES ('p', 1, '{}')",
    "INSERT INTO office(uid, version, body) VALUES ('o', 1, '{}')",
    """
    INSERT INTO service_offer(uid, office_id, version, body)
    VALUES ('o/s', 'o', 1, '{"noShowGraceMinutes": 45, "kind": 2}')
    """,
    "INSERT INTO partner(uid, version, body) VALUES ('us-rsc', 1, '{}')",
    "INSERT INTO pathway(uid, body) VALUES ('USRAP', '{}')",
    registration("draft", 1), registration("submitted", 2), person,
    consent("active", 2, #", "expireTime": 1700000000000000"#), consent("endless", 2, ""),
    consent("withdrawn", 3, #", "expireTime": 1700000000000000"#),
    referral("sent", 2, true), referral("asked", 7, false), referral("accepted", 4, false),
  ]

  private static func registration(_ uid: String, _ state: Int) -> String {
    """
    INSERT INTO registration(
      uid, program_id, receipt, state, live, members_apart, list_us, version, body)
    VALUES ('\(uid)', 'p', '\(uid)', \(state), 0, 0, 0, 1,
      '{"revision": {"version": 1, "createTime": 5, "updateTime": 7}}')
    """
  }

  private static let person = """
    INSERT INTO person(uid, registration_id, cluster_id, version, body)
    VALUES ('one', 'draft', 'one', 1, '{}')
    """

  private static func consent(_ uid: String, _ state: Int, _ end: String) -> String {
    """
    INSERT INTO consent(
      uid, registration_id, person_id, recipient, purpose, create_us, version, body)
    VALUES ('\(uid)', 'draft', 'one', 'us-rsc', 2, 0, 1, '{"state": \(state)\(end)}')
    """
  }

  private static func referral(_ uid: String, _ state: Int, _ isOverdue: Bool) -> String {
    """
    INSERT INTO referral(
      uid, registration_id, pathway, from_id, to_id, state, create_us, version, body)
    VALUES ('\(uid)', 'draft', 'USRAP', 'us-rsc', 'us-rsc', \(state), 0, 1,
      '{"dueTime": 9, "isOverdue": \(isOverdue)}')
    """
  }

  private static let columns: [(SQLStatement, [String])] = [
    (
      SQLStatement("SELECT uid, no_show_grace_us FROM service_offer ORDER BY uid"),
      ["o/s 2700000000"]
    ),
    (
      SQLStatement("SELECT uid, expires_us FROM consent ORDER BY uid"),
      ["active 1700000000000000", "endless -", "withdrawn -"]
    ),
    (
      SQLStatement("SELECT uid, idle_us FROM registration ORDER BY uid"),
      ["draft 7", "submitted -"]
    ),
    (
      SQLStatement("SELECT uid, due_us FROM referral ORDER BY uid"),
      ["accepted -", "asked 9", "sent 9"]
    ),
    (
      SQLStatement("SELECT uid, overdue FROM referral ORDER BY uid"),
      ["accepted 0", "asked 0", "sent 1"]
    ),
  ]

  @Test func `rows of the first schema get the times the clock moves them at`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      for steps in 1...2 {
        let migrations = Array(Schema.migrations.prefix(steps))
        try Migrator(migrations, dialect: engine.dialect).migrate(connection, nowMicroseconds: 0)
        if steps == 1 { for row in Self.rows { try connection.script(row) } }
      }
      for (statement, expected) in Self.columns {
        let found = try connection.all(statement, []) { (row) throws(SQLFailure) in
          let uid = try row.text()
          return "\(uid) \(row.integerIfPresent().map(String.init) ?? "-")"
        }
        #expect(found == expected)
      }
    }
    try await engine.close()
  }

  @Test func `a row the step cannot read leaves the database as it was`() async throws {
    let database = try TemporaryDatabase()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      let first = Array(Schema.migrations.prefix(1))
      try Migrator(first, dialect: engine.dialect).migrate(connection, nowMicroseconds: 0)
      try connection.script("INSERT INTO office(uid, version, body) VALUES ('o', 1, '{}')")
      try connection.script(
        "INSERT INTO service_offer(uid, office_id, version, body) VALUES ('o/s', 'o', 1, '{}')")
      #expect(throws: SQLFailure.self) {
        try Migrator(Schema.migrations, dialect: engine.dialect)
          .migrate(connection, nowMicroseconds: 0)
      }
      // The first program reads it still.
      try Migrator(first, dialect: engine.dialect).migrate(connection, nowMicroseconds: 0)
    }
    try await engine.close()
  }
}
