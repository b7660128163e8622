import MemoryStore
import PostgresFixture
import StorageSQL
import StoreSamples
import Synchronization
import Testing

@Suite(.serialized) struct PostgresEngineTests {
  private static let add = SQLStatement("INSERT INTO t(x) VALUES ($1)")
  private static let sum = SQLStatement("SELECT CAST(COALESCE(SUM(x), 0) AS BIGINT) FROM t")
  private static let one = SQLStatement("UPDATE one SET x = x + 1")
  private static let value = SQLStatement("SELECT x FROM one")

  private static let runs = Atomic(0)

  private func with(
    _ options: PostgresOptions = PostgresOptions(),
    _ body: (PostgresEngine) async throws -> Void
  ) async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    let engine = PostgresEngine(target: target, options: options)
    try engine.prepare { connection in
      try connection.script("CREATE TABLE t(x BIGINT PRIMARY KEY CHECK (x <> 13))")
      try connection.script("CREATE TABLE one(x BIGINT NOT NULL)")
      try connection.script("INSERT INTO one VALUES (0)")
    }
    try await body(engine)
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }

  private func number(_ statement: SQLStatement, _ engine: PostgresEngine) async throws -> Int64 {
    try await engine.read { connection in
      try connection.first(statement, []) { (row) throws(SQLFailure) in try row.integer() } ?? -1
    }
  }

  @Test func `what was only told fails the unit, by its own name, and the connection goes on`()
    async throws
  {
    try await with { engine in
      try await engine.write { try $0.tell(Self.add, [.integer(1)]) }
      let twice = await #expect(throws: SQLFailure.self) {
        try await engine.write { connection in
          try connection.tell(Self.add, [.integer(2)])
          try connection.tell(Self.add, [.integer(1)])
          try connection.tell(Self.add, [.integer(3)])
        }
      }
      #expect(twice == .unique("t_pkey"))
      let unlucky = await #expect(throws: SQLFailure.self) {
        try await engine.write { try $0.tell(Self.add, [.integer(13)]) }
      }
      #expect(unlucky == .check("t_x_check"))
      let found = try await number(Self.sum, engine)
      #expect(found == 1)
    }
  }

  @Test func `a unit whose statement was refused by a rule of its own is undone as well`()
    async throws
  {
    struct Own: Error {}
    try await with { engine in
      await #expect(throws: Own.self) {
        try await engine.write { connection in
          try connection.tell(Self.add, [.integer(4)])
          throw Own()
        }
      }
      // What a queued statement failed with comes before what the unit says of it.
      let failure = await #expect(throws: SQLFailure.self) {
        try await engine.write { connection in
          try connection.tell(Self.add, [.integer(13)])
          throw Own()
        }
      }
      #expect(failure == .check("t_x_check"))
      let found = try await number(Self.sum, engine)
      #expect(found == 0)
    }
  }

  @Test func `units that deadlock are run again until each is done`() async throws {
    // The server looks for a deadlock after a second; on a busy machine the last of four waits for several of them.
    var options = PostgresOptions()
    options.lockTimeout = .seconds(30)
    options.statementTimeout = .seconds(60)
    try await with(options) { engine in
      try await engine.write { connection in
        try connection.tell(Self.add, [.integer(1)])
        try connection.tell(Self.add, [.integer(2)])
      }
      let before = Self.runs.load(ordering: .relaxed)
      let lock = SQLStatement("SELECT x FROM t WHERE x = $1 FOR UPDATE")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for turn in 0..<4 {
          group.addTask {
            try await engine.write { connection in
              Self.runs.add(1, ordering: .relaxed)
              for x in turn % 2 == 0 ? [1, 2] : [2, 1] {
                _ = try connection.first(lock, [.integer(Int64(x))]) { _ in true }
              }
              try connection.run(Self.one, [])
            }
          }
        }
        try await group.waitForAll()
      }
      let found = try await number(Self.value, engine)
      #expect(found == 4)
      #expect(Self.runs.load(ordering: .relaxed) - before >= 4)
    }
  }

  @Test func `more units than may wait are refused at once`() async throws {
    var options = PostgresOptions()
    options.connectionCountMax = 1
    options.unitsWaitingMax = 4
    try await with(options) { engine in
      let sleep = SQLStatement("SELECT pg_sleep(0.2)")
      let refused = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 {
          group.addTask {
            do {
              try await engine.write { _ = try $0.first(sleep, []) { _ in true } }
              return false
            } catch {
              return error as? SQLFailure == .busy
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(refused >= 14, "\(refused) of 20 were refused")
    }
  }

  @Test func `a server that does not answer in time is away, and comes back`() async throws {
    var options = PostgresOptions()
    options.answerTimeout = .milliseconds(300)
    try await with(options) { engine in
      let sleep = SQLStatement("SELECT pg_sleep(2)")
      let start = ContinuousClock.now
      let failure = await #expect(throws: SQLFailure.self) {
        try await engine.read { _ = try $0.first(sleep, []) { _ in true } }
      }
      #expect(failure == .unavailable("no answer in time"))
      #expect(start.duration(to: .now) < .seconds(2))
      // For a moment everybody is told at once.
      let next = await #expect(throws: SQLFailure.self) { try await number(Self.value, engine) }
      #expect(next == failure)
      try await Task.sleep(for: options.reconnectPause)
      let found = try await number(Self.value, engine)
      #expect(found == 0)
    }
  }

  @Test func `a database whose text has another order is refused with what to do`() async throws {
    let server = try PostgresServer.shared.get()
    try server.administer(
      "CREATE DATABASE sorted TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    )
    let engine = PostgresEngine(target: server.target("sorted"))
    let failure = #expect(throws: SQLFailure.self) { try engine.prepare { _ in } }
    guard case .unsuitable(let text) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(text.contains("LC_COLLATE 'C'"))
    try server.administer("DROP DATABASE sorted")
  }

  @Test func `a change that must be of so many rows is judged without a question`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    try await SQLStore.open(postgres: target, environment: .test(now: { StoredWorld.opening }))
      .close()
    let engine = PostgresEngine(target: target)
    let change = SQLStatement("UPDATE sequence SET last = last WHERE name = $1")
    try await engine.write { try $0.tell(change.demanding(1), [.text("audit"), .integer(1)]) }
    let before = engine.roundTripCount
    try await engine.write { try $0.tell(change.demanding(1), [.text("audit"), .integer(1)]) }
    #expect(engine.roundTripCount - before == 1)
    // Another number fails it, and then it is run again with each statement judged at once.
    let runs = Mutex(0)
    await #expect(throws: SQLFailure.self) {
      try await engine.write { connection in
        runs.withLock { $0 += 1 }
        try connection.tell(change.demanding(1), [.text("nothing"), .integer(1)])
      }
    }
    #expect(runs.withLock { $0 } == 2)
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }

  @Test func `a round trip carries everything that was queued`() async throws {
    try await with { engine in
      let before = engine.roundTripCount
      try await engine.write { connection in
        for x in 100..<150 { try connection.tell(Self.add, [.integer(Int64(x))]) }
      }
      #expect(engine.roundTripCount - before == 1)
      _ = try await number(Self.sum, engine)
      #expect(engine.roundTripCount - before == 2)
    }
  }
}
