import GRDB

/// A GRDB queue together with the session that belongs to its connection.
///
/// `@unchecked Sendable`: `session` is only touched inside `queue`, which runs one block at a time.
final class SQLiteHandle: @unchecked Sendable {
  private let queue: DatabaseQueue
  private var session: SQLiteSession?

  /// Opens a connection.
  /// - Throws: `SQLFailure.corrupt` if the file is no database, `.inputOutput` if it cannot be
  ///   opened.
  init(path: String, configuration: Configuration) throws(SQLFailure) {
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw SQLFailure(sqlite: error)
    }
  }

  /// Runs on the calling thread, waiting if another thread is inside.
  func sync<R>(_ body: (SQLiteSession) throws -> R) rethrows -> R {
    try queue.unsafeRead { database in try body(openSession(database)) }
  }

  /// Runs later, on the queue's thread.
  func async(_ body: @escaping @Sendable (SQLiteSession) -> Void) {
    queue.asyncWriteWithoutTransaction { database in body(self.openSession(database)) }
  }

  /// Finalises the statements and closes the connection.
  func close() throws(SQLFailure) {
    do {
      queue.unsafeRead { _ in session = nil }
      try queue.close()
    } catch {
      throw SQLFailure(sqlite: error)
    }
  }

  private func openSession(_ database: Database) -> SQLiteSession {
    if let session { return session }
    let fresh = SQLiteSession(database)
    session = fresh
    return fresh
  }
}
