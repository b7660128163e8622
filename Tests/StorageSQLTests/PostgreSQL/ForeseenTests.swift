import PostgresFixture
import StorageSQL
import Synchronization
import Testing

/// Questions asked beforehand are answered as if they were asked in their place.
@Suite(.serialized) struct ForeseenTests {
  private static let wish = SQLStatement("SELECT thing FROM wish WHERE child = $1")
  private static let price = SQLStatement("SELECT price FROM toy WHERE name = $1 AND price < $2")
  private static let keys = SQLStatement("SELECT thing, age FROM wish WHERE child = $1")
  private static let dearer = SQLStatement("UPDATE toy SET price = price + 1 WHERE name = $1")

  private static let broken = SQLStatement("SELECT 1 / (price - 5) FROM toy WHERE name = $1")

  private func with(_ body: (PostgresEngine) async throws -> Void) async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    let engine = PostgresEngine(target: target)
    try engine.prepare { connection in
      try connection.script("CREATE TABLE wish(child TEXT PRIMARY KEY, thing TEXT, age BIGINT)")
      try connection.script("CREATE TABLE toy(name TEXT PRIMARY KEY, price BIGINT)")
      try connection.script("INSERT INTO wish VALUES ('Ana', 'kite', 7), ('Ben', NULL, 9)")
      try connection.script("INSERT INTO toy VALUES ('kite', 5), ('ball', 3)")
    }
    try await body(engine)
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }

  /// Foresees a child's wish and the wish's price.
  private static func foresee(
    _ child: String, _ connection: any SQLConnection
  ) throws(SQLFailure) {
    try connection.foresee(
      [
        ForeseenQuestion(wish, [.text(child)]),
        ForeseenQuestion(price, .key(0), .value(.integer(100))),
      ], by: ForeseenKeys(keys, [.text(child)], columnCount: 2))
  }

  private static func price(
    of toy: String, below limit: Int64 = 100, _ connection: any SQLConnection
  ) throws(SQLFailure) -> Int64? {
    try connection.first(price, [.text(toy), .integer(limit)]) { (row) throws(SQLFailure) in
      try row.integer()
    }
  }

  private static func wish(
    of child: String, _ connection: any SQLConnection
  ) throws(SQLFailure) -> String? {
    try connection.first(wish, [.text(child)]) { (row) throws(SQLFailure) in
      row.textIfPresent()
    } ?? nil
  }

  /// The answers of a unit, and its round trips but for the one of its commit.
  private func answers<R: Sendable>(
    _ engine: PostgresEngine, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> (R, trips: Int) {
    let before = engine.roundTripCount
    let result = try await engine.write(unit)
    return (result, engine.roundTripCount - before - 1)
  }

  @Test func `a chain of questions is one round trip`() async throws {
    try await with { engine in
      let (found, trips) = try await answers(engine) { connection in
        try Self.foresee("Ana", connection)
        let toy = try Self.wish(of: "Ana", connection)
        return (toy, try Self.price(of: toy ?? "", connection))
      }
      #expect(found.0 == "kite")
      #expect(found.1 == 5)
      #expect(trips == 1)
    }
  }

  @Test func `other values, and what has no keys, are asked`() async throws {
    try await with { engine in
      let (found, trips) = try await answers(engine) { connection in
        try Self.foresee("Ana", connection)
        return (
          try Self.price(of: "ball", connection), try Self.price(of: "kite", below: 5, connection),
          try Self.wish(of: "Ben", connection)
        )
      }
      #expect(found == (3, nil, nil))
      #expect(trips == 4)
      let (none, _) = try await answers(engine) { connection in
        try Self.foresee("Nobody", connection)
        return (
          try Self.wish(of: "Nobody", connection), try Self.price(of: "kite", connection)
        )
      }
      #expect(none == (nil, 5))
      // A key that is NULL is equal to nothing.
      let (unknown, _) = try await answers(engine) { connection in
        try Self.foresee("Ben", connection)
        return (try Self.wish(of: "Ben", connection), try Self.price(of: "kite", connection))
      }
      #expect(unknown == (nil, 5))
    }
  }

  @Test func `what the unit has changed is asked again, and nothing else`() async throws {
    try await with { engine in
      let (found, trips) = try await answers(engine) { connection in
        try Self.foresee("Ana", connection)
        let before = try Self.price(of: "kite", connection)
        try connection.tell(Self.dearer, [.text("kite")])
        return (
          before, try Self.price(of: "kite", connection), try Self.wish(of: "Ana", connection)
        )
      }
      #expect(found == (5, 6, "kite"))
      #expect(trips == 2)
      // Also what is changed before anybody has asked.
      let (later, _) = try await answers(engine) { connection in
        try Self.foresee("Ana", connection)
        try connection.run(Self.dearer, [.text("kite")])
        return try Self.price(of: "kite", connection)
      }
      #expect(later == 7)
    }
  }

  @Test func `a read in which nobody asks leaves nothing behind`() async throws {
    try await with { engine in
      for _ in 0..<2 { try await engine.read { try Self.foresee("Ana", $0) } }
      let price = try await engine.read { try Self.price(of: "kite", $0) }
      #expect(price == 5)
    }
  }

  @Test func `who waits too long for a lock that was foreseen does not wait again`() async throws {
    let target = try PostgresServer.shared.get().makeDatabase()
    var options = PostgresOptions()
    options.lockTimeout = .milliseconds(200)
    let engine = PostgresEngine(target: target, options: options)
    let lock = SQLStatement("SELECT x FROM t FOR NO KEY UPDATE")
    try engine.prepare { connection in
      try connection.script("CREATE TABLE t(x BIGINT)")
      try connection.script("INSERT INTO t VALUES (1)")
    }
    let holder = try PostgresEngine(target: target).prepare { connection in
      try connection.script("BEGIN")
      try connection.script("UPDATE t SET x = 2")
      return connection
    }
    let runs = Mutex(0)
    let failure = await #expect(throws: SQLFailure.self) {
      try await engine.write { connection in
        runs.withLock { $0 += 1 }
        try connection.foresee([ForeseenQuestion(lock, [])], by: nil)
        _ = try connection.first(lock, []) { (row) throws(SQLFailure) in try row.integer() }
      }
    }
    #expect(failure == .busy)
    #expect(runs.withLock { $0 } == 1)
    withExtendedLifetime(holder) {}
    try await engine.close()
    try PostgresServer.shared.get().drop(target)
  }

  @Test func `the next unit knows nothing of it`() async throws {
    try await with { engine in
      _ = try await answers(engine) { try Self.foresee("Ana", $0) }
      try await engine.write { try $0.tell(Self.dearer, [.text("kite")]) }
      let (price, _) = try await answers(engine) { try Self.price(of: "kite", $0) }
      #expect(price == 6)
    }
  }

  @Test func `a question that fails, fails where it is asked, and only there`() async throws {
    try await with { engine in
      let runs = Mutex(0)
      let (found, _) = try await answers(engine) { connection in
        runs.withLock { $0 += 1 }
        try connection.foresee([ForeseenQuestion(Self.broken, [.text("kite")])], by: nil)
        // Nobody asks it.
        return try Self.wish(of: "Ana", connection)
      }
      #expect(found == "kite")
      // Once with everything beforehand, and once with each in its place.
      #expect(runs.withLock { $0 } == 2)
      await #expect(throws: SQLFailure.self) {
        try await engine.write { connection in
          try connection.foresee([ForeseenQuestion(Self.broken, [.text("kite")])], by: nil)
          _ = try connection.first(Self.broken, [.text("kite")]) { (row) throws(SQLFailure) in
            try row.integer()
          }
        }
      }
    }
  }

  @Test func `a statement says what it names and what it changes`() {
    #expect(Self.dearer.changedTable == "toy")
    #expect(Self.dearer.demanding(1).changedTable == "toy")
    #expect(
      SQLStatement("INSERT INTO a(b) VALUES (1) ON CONFLICT DO UPDATE SET b = 2").changedTable
        == "a")
    #expect(SQLStatement("DELETE FROM a WHERE b = 1").changedTable == "a")
    #expect(Self.price.locking.changedTable == nil)
    #expect(Self.price.words.isSuperset(of: ["toy", "price"]))
  }
}
