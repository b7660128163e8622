import Storage
import StorageSQL
import Trials

/// Runs recorded units again, on a store that is as it was before them.
struct Replay {
  let engine: any SQLEngine

  /// All in one transaction: what database and disk can do at all.
  ///
  /// - Returns: how many seconds it took
  func inOneTransaction(_ units: [[RecordedStep]]) async throws -> Double {
    let start = ContinuousClock.now
    try await engine.write { connection in
      for unit in units { try Self.run(unit, connection) }
    }
    return start.duration(to: .now) / .seconds(1)
  }

  /// Each in a transaction of its own, which is durable before the next begins.
  ///
  /// - Returns: how many seconds it took
  func oneByOne(_ units: [[RecordedStep]]) async throws -> Double {
    let start = ContinuousClock.now
    for unit in units {
      try await engine.write { connection in try Self.run(unit, connection) }
    }
    return start.duration(to: .now) / .seconds(1)
  }

  private static func run(_ unit: [RecordedStep], _ connection: any SQLConnection) throws {
    for step in unit {
      switch step {
      case .run(let statement, let values, let changed):
        try demand(try connection.run(statement, values), changed, statement)
      case .tell(let statement, let values): try connection.tell(statement, values)
      case .foresee(let questions, let keys): try connection.foresee(questions, by: keys)
      case .rows(let statement, let values, let count):
        var found = 0
        try connection.rows(statement, values) { (_) throws(SQLFailure) in
          found += 1
          return true
        }
        try demand(found, count, statement)
      }
    }
  }

  /// It is the same work only while every statement does what it did.
  private static func demand(_ found: Int, _ recorded: Int, _ statement: SQLStatement) throws {
    guard found == recorded else {
      throw TrialFailure("\(found) rows, and \(recorded) when it was recorded: \(statement.text)")
    }
  }
}
