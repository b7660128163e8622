import Storage
import StorageSQL
import Synchronization

/// A statement that a unit ran, and what came of it.
enum RecordedStep: Sendable {
  case run(SQLStatement, [SQLValue], changed: Int)
  case tell(SQLStatement, [SQLValue])
  case rows(SQLStatement, [SQLValue], count: Int)
  case foresee([ForeseenQuestion], ForeseenKeys?)
}

/// An engine that notes what each unit of another asks of the database, in the order in which the units end.
final class RecordingEngine: SQLEngine {
  private let engine: any SQLEngine
  private let units = Mutex<[[RecordedStep]]>([])

  init(_ engine: any SQLEngine) { self.engine = engine }

  var dialect: SQLDialect { engine.dialect }

  /// The units since the last time.
  func takeUnits() -> [[RecordedStep]] {
    units.withLock { units in
      defer { units = [] }
      return units
    }
  }

  func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await engine.write(purpose) { connection in
      let recording = RecordingConnection(connection)
      let result = try unit(recording)
      self.units.withLock { $0.append(recording.steps) }
      return result
    }
  }

  func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await engine.read(unit)
  }

  func scrub(_ tables: [String]) async throws { try await engine.scrub(tables) }

  func close() async throws { try await engine.close() }
}

private final class RecordingConnection: SQLConnection {
  private let connection: any SQLConnection
  private(set) var steps: [RecordedStep] = []

  init(_ connection: any SQLConnection) { self.connection = connection }

  var isDeferring: Bool { connection.isDeferring }

  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) -> Int {
    let changed = try connection.run(statement, values)
    steps.append(.run(statement, values, changed: changed))
    return changed
  }

  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) {
    try connection.tell(statement, values)
    steps.append(.tell(statement, values))
  }

  func rows(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ each: (inout SQLRow) throws(SQLFailure) -> Bool
  ) throws(SQLFailure) {
    var count = 0
    try connection.rows(statement, values) { (row) throws(SQLFailure) in
      count += 1
      return try each(&row)
    }
    steps.append(.rows(statement, values, count: count))
  }

  func foresee(_ questions: [ForeseenQuestion], by keys: ForeseenKeys?) throws(SQLFailure) {
    try connection.foresee(questions, by: keys)
    steps.append(.foresee(questions, keys))
  }

  func script(_ text: String) throws(SQLFailure) { try connection.script(text) }
}
