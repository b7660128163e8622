import Glibc
public import Storage

/// A copy of a SQLite store as it is at one moment, made while a server goes on with it.
public enum SQLiteBackup {
  /// Writes the copy: compact, without what was erased, and readable for its owner alone.
  ///
  /// Blocks the calling thread. The server's writes go on; its log grows until the copy is done.
  ///
  /// - Parameter destination: a path at which there is nothing
  /// - Throws: `unsuitable` when there is something, `unreadable`, `io`
  public static func make(of path: String, at destination: String) throws(StoreError) {
    // SAFETY: the paths are lent as C strings for the calls alone.
    guard unsafe access(path, F_OK) == 0 else {
      throw .unsuitable("there is no store at \(path)")
    }
    guard unsafe access(destination, F_OK) != 0 else {
      throw .unsuitable("\(destination) is there already: name another file")
    }
    let mask = umask(0o077)
    defer { umask(mask) }
    do {
      let source = try SQLiteHandle(path: path, configuration: SQLiteSettings.reader)
      try source.sync { session in _ = try session.run(.copyInto, [.text(destination)]) }
      try source.close()
      try flush(destination)
      let copy = try SQLiteHandle(path: destination, configuration: SQLiteSettings.reader)
      let found = try copy.sync { session in
        try session.all(.isIntact, []) { (row) throws(SQLFailure) in try row.text() }
      }
      try copy.close()
      guard found == ["ok"] else {
        throw SQLFailure.corrupt("the copy is not intact: \(found.first ?? "nothing")")
      }
    } catch {
      throw StoreError(SQLFailure(sqlite: error))
    }
  }
}

extension SQLiteBackup {
  /// SQLite leaves what VACUUM INTO has written to the system.
  private static func flush(_ path: String) throws(SQLFailure) {
    // SAFETY: the path is lent as a C string for the call alone.
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .inputOutput("cannot open \(path)") }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .inputOutput("cannot write \(path) to the disk") }
  }
}

extension SQLStatement {
  fileprivate static let copyInto = SQLStatement("VACUUM INTO $1")
  fileprivate static let isIntact = SQLStatement("PRAGMA integrity_check")
}
