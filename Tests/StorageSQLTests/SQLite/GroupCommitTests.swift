import StorageSQL
import Synchronization
import Testing

@Suite struct GroupCommitTests {
  private struct Refused: Error {}

  private static let insert = SQLStatement("INSERT INTO note(id, text) VALUES ($1, $2)")
  private static let ids = SQLStatement("SELECT id FROM note ORDER BY id")

  private static func openEngine(
    _ database: TemporaryDatabase, _ options: SQLiteOptions = SQLiteOptions()
  ) throws -> SQLiteEngine {
    let engine = try SQLiteEngine(path: database.path, options: options)
    try engine.prepare { connection in
      try connection.script(
        "CREATE TABLE IF NOT EXISTS note(id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)")
    }
    return engine
  }

  private static func storedIDs(_ engine: SQLiteEngine) async throws -> [Int64] {
    try await engine.read { connection in
      try connection.all(ids, []) { (row) throws(SQLFailure) in try row.integer() }
    }
  }

  @Test func `every write of a crowd is stored once and answered`() async throws {
    let database = try TemporaryDatabase()
    let engine = try Self.openEngine(database)
    let answers = try await withThrowingTaskGroup(of: Int64.self) { group in
      for number in Int64(0)..<500 {
        group.addTask {
          try await engine.write { connection in
            try connection.run(Self.insert, [.integer(number), .text("n\(number)")])
            return number
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.sorted() == Array(0..<500))
    #expect(try await Self.storedIDs(engine) == Array(0..<500))
    try await engine.close()
  }

  @Test(arguments: [0, 1, 16]) func `units that fail in the middle of a batch harm no neighbour`(
    guardedBatchesAfterUndo: Int
  ) async throws {
    let database = try TemporaryDatabase()
    var options = SQLiteOptions()
    options.commit.guardedBatchesAfterUndo = guardedBatchesAfterUndo
    let engine = try Self.openEngine(database, options)
    let gate = try await Gate.close(on: engine)
    let outcomes = await withTaskGroup(of: (Int64, Bool).self) { group in
      for number in Int64(0)..<60 {
        group.addTask { await (number, Self.insertPair(number, on: engine)) }
      }
      // All sixty wait behind the gate, so they share one transaction.
      await gate.open()
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    let kept = (Int64(0)..<60).filter { $0 % 3 != 1 && $0 % 7 != 0 }
    #expect(outcomes.filter(\.value).keys.sorted() == kept)
    #expect(try await Self.storedIDs(engine) == kept.flatMap { [$0 * 2, $0 * 2 + 1] }.sorted())
    try await engine.close()
  }

  /// Every seventh unit throws before it has written, every third after its first insertion.
  private static func insertPair(_ number: Int64, on engine: SQLiteEngine) async -> Bool {
    do {
      try await engine.write { connection in
        if number % 7 == 0 { throw Refused() }
        try connection.run(insert, [.integer(number * 2), .text("first")])
        if number % 3 == 1 { throw Refused() }
        try connection.run(insert, [.integer(number * 2 + 1), .text("second")])
      }
      return true
    } catch {
      return false
    }
  }

  @Test func `nothing is answered before its commit is visible to a reader`() async throws {
    let database = try TemporaryDatabase()
    let engine = try Self.openEngine(database)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in Int64(0)..<200 {
        group.addTask {
          try await engine.write { connection in
            try connection.run(Self.insert, [.integer(number), .text("x")])
          }
          #expect(try await Self.storedIDs(engine).contains(number))
        }
      }
      try await group.waitForAll()
    }
    try await engine.close()
  }

  @Test(arguments: [1, 8]) func `a full queue refuses at once and a place more is taken`(
    capacity: Int
  ) async throws {
    let database = try TemporaryDatabase()
    var options = SQLiteOptions()
    options.commit.unitsWaitingMax = capacity
    let engine = try Self.openEngine(database, options)
    let gate = try await Gate.close(on: engine)
    let refusals = await withTaskGroup(of: Bool.self) { group in
      for number in Int64(0)..<Int64(capacity + 3) {
        group.addTask {
          do {
            try await engine.write { connection in
              try connection.run(Self.insert, [.integer(number), .text("x")])
            }
            return false
          } catch SQLFailure.busy {
            return true
          } catch {
            Issue.record(error)
            return false
          }
        }
      }
      // The refused answer while the gate is shut; only then may the rest go on.
      var refused = 0
      for await isRefused in group {
        refused += isRefused ? 1 : 0
        if refused == 3 { await gate.open() }
      }
      return refused
    }
    #expect(refusals == 3)
    #expect(try await Self.storedIDs(engine).count == capacity)
    try await engine.close()
  }

  @Test func `closing commits what is queued and refuses what comes after`() async throws {
    let database = try TemporaryDatabase()
    let engine = try Self.openEngine(database)
    try await engine.write { connection in
      try connection.run(Self.insert, [.integer(1), .text("x")])
    }
    try await engine.close()
    await #expect(throws: SQLFailure.busy) { try await engine.write { _ in } }
    await #expect(throws: SQLFailure.busy) { _ = try await engine.read { _ in } }
    let again = try Self.openEngine(database)
    #expect(try await Self.storedIDs(again) == [1])
    try await again.close()
  }
}

/// Holds the writer inside a unit until opened, so that a test decides who shares a batch.
private final class Gate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  private let holder: Mutex<Task<Void, any Error>?> = Mutex(nil)

  static func close(on engine: SQLiteEngine) async throws -> Gate {
    let gate = Gate()
    let entered = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      try await engine.write { _ in
        entered.continuation.finish()
        while !gate.isOpen.load(ordering: .acquiring) {}
      }
    }
    gate.holder.withLock { $0 = task }
    for await _ in entered.stream {}
    return gate
  }

  func open() async {
    // Long enough for tasks already made to reach the queue; a late one only weakens the test.
    try? await Task.sleep(for: .milliseconds(50))
    isOpen.store(true, ordering: .releasing)
    _ = await holder.withLock { $0 }?.result
  }
}
