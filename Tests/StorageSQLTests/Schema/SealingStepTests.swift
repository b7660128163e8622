import Domain
import Storage
import StorageSQL
import Testing

/// What earlier builds left open is sealed when this one opens a store with its key, all of it or nothing.
@Suite(.serialized) struct SealingStepTests {
  /// Expects that nothing was done to a store.
  private func expectUntouched(_ earlier: EarlierStore) async throws {
    #expect(try await earlier.schemaCount() == EarlierStore.schema)
    #expect(try await earlier.inSight().count == 6)
  }

  private func unsuitable(_ open: () throws -> SQLStore) -> String? {
    guard case .unsuitable(let reason) = #expect(throws: StoreError.self, performing: open) else {
      return nil
    }
    return reason
  }

  // More than a page of each.
  @Test(arguments: EarlierStore.Engine.allCases)
  func `what lay open is sealed, and reads back`(_ engine: EarlierStore.Engine) async throws {
    let earlier = try await EarlierStore(engine, households: 510)
    try await expectUntouched(earlier)
    let store = try earlier.open()
    #expect(store.lastingKey == EarlierStore.lastingKey)
    #expect(try await store.read { try earlier.missing(from: $0) } == [])
    #expect(try await store.integrityProblems() == [])
    try await store.close()
    #expect(try await earlier.inSight() == [])
    try await earlier.prepare { connection, _ in
      // There is no column any more to read it in.
      for column in ["authority", "kind", "decision_date", "valid_until", "reason", "supersedes"] {
        #expect(throws: SQLFailure.self) {
          try connection.script("SELECT \(column) FROM decision LIMIT 1")
        }
      }
      #expect(throws: SQLFailure.self) {
        try connection.script("SELECT excuse FROM appointment LIMIT 1")
      }
    }
    // And decisions take insertions only again.
    let failure = await #expect(throws: SQLFailure.self) {
      try await earlier.prepare { connection, _ in
        try connection.script("UPDATE decision SET number = 2 WHERE number = 1")
      }
    }
    guard case .appendOnly? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    let again = try earlier.open()
    #expect(try await again.read { try earlier.missing(from: $0) } == [])
    try await again.close()
  }

  @Test(arguments: EarlierStore.Engine.allCases)
  func `without its key, or with another, nothing is sealed`(
    _ engine: EarlierStore.Engine
  ) async throws {
    let earlier = try await EarlierStore(engine, households: 3)
    #expect(unsuitable { try earlier.openKeyless() }?.contains("serve it once") == true)
    try await expectUntouched(earlier)
    let wrong = #expect(throws: StoreError.self) { try earlier.open(isOwner: false) }
    guard case .wrongKey? = wrong else {
      Issue.record("\(String(describing: wrong))")
      return
    }
    try await expectUntouched(earlier)
    // A step has one key, and this store two.
    try await earlier.prepare { connection, _ in
      try connection.script(
        "INSERT INTO vault_check SELECT 'lasting-key/next', sealed FROM vault_check")
    }
    for open in [{ try earlier.open() }, { try earlier.openKeyless() }] {
      #expect(unsuitable(open)?.contains("of that build once more") == true)
    }
    try await expectUntouched(earlier)
  }

  @Test(arguments: EarlierStore.Engine.allCases)
  func `a row that does not read leaves everything as it was`(
    _ engine: EarlierStore.Engine
  ) async throws {
    let earlier = try await EarlierStore(engine, households: 3)
    func setDate(_ date: String) async throws {
      try await earlier.prepare { connection, dialect in
        let trigger = dialect.reopened("decision")
        try connection.script(trigger.begin)
        try connection.script("UPDATE decision SET decision_date = '\(date)'")
        try connection.script(trigger.end)
      }
    }
    try await setDate("soon")
    let error = #expect(throws: StoreError.self) { try earlier.open() }
    #expect(error?.description.contains("date of a decision") == true)
    try await expectUntouched(earlier)
    try await setDate(earlier.decisions[0].date.description)
    let store = try earlier.open()
    #expect(try await store.read { try earlier.missing(from: $0) } == [])
    try await store.close()
  }

  @Test func `PostgreSQL: nothing is sealed while a server of an earlier build is at work`()
    async throws
  {
    let earlier = try await EarlierStore(.postgres, households: 3)
    let server = earlier.serving()
    let lock = AdvisoryLock.sequencer.rawValue
    try await server.write { try $0.script("SELECT pg_advisory_lock(\(lock))") }
    #expect(unsuitable { try earlier.open() }?.contains("end all servers first") == true)
    try await expectUntouched(earlier)
    try await server.close()
    let store = try earlier.open()
    #expect(try await store.read { try earlier.missing(from: $0) } == [])
    try await store.close()
  }

  @Test func `SQLite: one that was stopped before the file was written anew does so when opened`()
    async throws
  {
    let earlier = try await EarlierStore(.sqlite, households: 3)
    try await earlier.open().close()
    #expect(try await earlier.inSight() == [])
    try await earlier.prepare { connection, _ in
      // Some builds of SQLite take out what is deleted by themselves.
      try connection.script("PRAGMA secure_delete = OFF")
      try connection.script(
        """
        INSERT INTO deployment VALUES ('x', '\(EarlierStore.written)'), ('open_traces', 'referral')
        """)
      try connection.script("DELETE FROM deployment WHERE name = 'x'")
    }
    #expect(try await earlier.inSight() == [EarlierStore.written])
    try await earlier.open().close()
    #expect(try await earlier.inSight() == [])
    let marks = try await earlier.prepare { connection, _ in
      try connection.all(SQLStatement("SELECT name FROM deployment"), []) {
        (row) throws(SQLFailure) in try row.text()
      }
    }
    #expect(marks == [])
  }
}
