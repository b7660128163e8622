import Storage

/// A SQLite file that is only read, while a server may go on with it.
final class SQLiteInspector: SQLEngine {
  private let readers: ReaderPool

  init(path: String) { readers = ReaderPool(path: path, idleMax: 1) }

  var dialect: SQLDialect { .sqlite }

  func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    throw SQLFailure.inputOutput("the store was opened to be looked at")
  }

  func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try readers.read(unit)
  }

  func scrub(_ tables: [String]) async throws {
    throw SQLFailure.inputOutput("the store was opened to be looked at")
  }

  /// As SQLite finds them in the file.
  func problems() throws -> [String] { try readers.read(SQLiteEngine.problems) }

  func close() async throws { try readers.close() }
}
