import GRDB
import Synchronization

/// Read-only connections, lent to whichever thread reads.
///
/// A read runs on the thread that asks: on an event loop a point read out of the page cache costs
/// less than a hop to another thread. Reads are synchronous, so at most one connection per thread
/// is lent at a time and nobody ever waits for one; WAL keeps readers and the writer apart.
final class ReaderPool: Sendable {
  private struct Shelf {
    var idle: [SQLiteHandle] = []
    var isClosed = false
  }

  private let shelf = Mutex(Shelf())
  private let path: String
  private let idleMax: Int

  /// - Parameter idleMax: connections kept open while nobody reads; more are closed on return.
  init(path: String, idleMax: Int) {
    self.path = path
    self.idleMax = idleMax
  }

  /// Runs `body` in a transaction that sees one state of the database.
  func read<R>(_ body: (any SQLConnection) throws -> R) throws -> R {
    let handle = try borrow()
    defer { giveBack(handle) }
    return try handle.sync { session in
      try session.run(.beginRead, [])
      defer { endRead(on: session) }
      return try body(session)
    }
  }

  func close() throws(SQLFailure) {
    let idle = shelf.withLock { shelf in
      shelf.isClosed = true
      defer { shelf.idle = [] }
      return shelf.idle
    }
    for handle in idle { try handle.close() }
  }

  private func borrow() throws(SQLFailure) -> SQLiteHandle {
    let (found, isClosed) = shelf.withLock { ($0.idle.popLast(), $0.isClosed) }
    if isClosed { throw .busy }
    if let found { return found }
    return try SQLiteHandle(path: path, configuration: SQLiteSettings.reader)
  }

  private func giveBack(_ handle: SQLiteHandle) {
    let isKept = shelf.withLock { shelf in
      guard !shelf.isClosed, shelf.idle.count < idleMax else { return false }
      shelf.idle.append(handle)
      return true
    }
    // A connection that does not close is the system's to reclaim; the read it served was whole.
    if !isKept { try? handle.close() }
  }

  private func endRead(on session: SQLiteSession) {
    // Ending a read-only transaction changes nothing and so cannot lose anything; should it fail,
    // the next BEGIN on this connection fails visibly.
    _ = try? session.run(.endRead, [])
  }
}

extension SQLStatement {
  fileprivate static let beginRead = SQLStatement("BEGIN DEFERRED")
  fileprivate static let endRead = SQLStatement("COMMIT")
}
