import Storage
import StorageSQL
import Synchronization

/// Every statement that an engine was given, each with values it was given.
final class StatementRecord: Sendable {
  /// A statement as it was used.
  struct Use: Sendable {
    let statement: SQLStatement
    let values: [SQLValue]
  }

  private let found = Mutex<[Int: Use]>([:])

  func note(_ statement: SQLStatement, _ values: [SQLValue]) {
    found.withLock { $0[statement.number] = Use(statement: statement, values: values) }
  }

  /// One use of each, in the order in which they were made.
  var uses: [Use] {
    found.withLock { $0.values.sorted { $0.statement.number < $1.statement.number } }
  }
}

/// An engine that writes down what another is asked.
struct RecordingEngine: SQLEngine {
  let engine: any SQLEngine
  let record: StatementRecord

  var dialect: SQLDialect { engine.dialect }

  func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await engine.write(purpose) { [record] in try unit(RecordingConnection($0, record)) }
  }

  func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await engine.read { [record] in try unit(RecordingConnection($0, record)) }
  }

  func scrub(_ tables: [String]) async throws { try await engine.scrub(tables) }

  func close() async throws { try await engine.close() }
}

private final class RecordingConnection: SQLConnection {
  private let connection: any SQLConnection
  private let record: StatementRecord

  init(_ connection: any SQLConnection, _ record: StatementRecord) {
    self.connection = connection
    self.record = record
  }

  /// Statements are to be seen as they are written.
  var isDeferring: Bool { false }

  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) -> Int {
    record.note(statement, values)
    return try connection.run(statement, values)
  }

  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) {
    record.note(statement, values)
    try connection.tell(statement, values)
  }

  func rows(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ each: (inout SQLRow) throws(SQLFailure) -> Bool
  ) throws(SQLFailure) {
    record.note(statement, values)
    try connection.rows(statement, values, each)
  }

  func foresee(_ questions: [ForeseenQuestion], by keys: ForeseenKeys?) throws(SQLFailure) {
    if let keys { record.note(keys.statement, keys.values) }
    for question in questions {
      let (statement, values) = question.asked(by: keys)
      record.note(statement, values)
    }
    try connection.foresee(questions, by: keys)
  }

  func script(_ text: String) throws(SQLFailure) { try connection.script(text) }
}
