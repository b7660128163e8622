import GRDB
import GRDBSQLite

/// A prepared statement with its bindings and, while stepping, its current row.
///
/// Owns the only unsafe code of this module. The C statement belongs to GRDB's `Statement`, held
/// for as long as this object lives; no pointer read from it outlives the call that read it.
final class SQLitePrepared: SQLColumns {
  private let statement: Statement
  private let parameterCount: Int

  init(_ statement: Statement) {
    self.statement = statement
    // SAFETY: the handle is alive as long as `statement`; so in every use below.
    self.parameterCount = unsafe Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
  }

  /// Rewrites `$1` to `?1`.
  ///
  /// SQLite takes `$1` for a *name* and numbers names by first appearance; `?1` is parameter one
  /// wherever it stands, which is what `$1` means in PostgreSQL.
  static func numbered(_ text: String) -> String {
    text.replacing("$", with: "?")
  }

  func bind(_ values: [SQLValue]) throws(SQLFailure) {
    guard values.count == parameterCount else {
      throw .statement("\(parameterCount) parameters, \(values.count) values: \(statement.sql)")
    }
    for index in values.indices {
      let code = bind(values[index], at: CInt(index + 1))
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  private func bind(_ value: SQLValue, at position: CInt) -> CInt {
    switch value {
    case .null:
      return unsafe sqlite3_bind_null(statement.sqliteStatement, position)
    case .integer(let integer):
      return unsafe sqlite3_bind_int64(statement.sqliteStatement, position, integer)
    case .text(var text):
      // SAFETY: `Self.copies` makes SQLite copy before the closure, and so the buffer, ends.
      return text.withUTF8 { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
          // An empty Swift string may come without an address, and SQLite takes NULL for NULL.
          guard let start = characters.baseAddress else {
            return unsafe sqlite3_bind_text(
              statement.sqliteStatement, position, "", 0, Self.copies)
          }
          return unsafe sqlite3_bind_text(
            statement.sqliteStatement, position, start, CInt(characters.count), Self.copies)
        }
      }
    case .bytes(let bytes):
      // SAFETY: as for text.
      return unsafe bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress, unsafe !buffer.isEmpty else {
          return unsafe sqlite3_bind_zeroblob(statement.sqliteStatement, position, 0)
        }
        return unsafe sqlite3_bind_blob(
          statement.sqliteStatement, position, start, CInt(buffer.count), Self.copies)
      }
    }
  }

  /// Moves to the next row; false at the end.
  func step() throws(SQLFailure) -> Bool {
    let code = unsafe sqlite3_step(statement.sqliteStatement)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure(code)
    }
  }

  /// Ends the statement's use, so that it holds no lock and no snapshot.
  ///
  /// The result repeats the error `step` has already thrown, and is dropped for that reason.
  func reset() {
    _ = unsafe sqlite3_reset(statement.sqliteStatement)
  }

  /// Rows changed by the statement that just ran to its end.
  var changeCount: Int {
    unsafe Int(sqlite3_changes(sqlite3_db_handle(statement.sqliteStatement)))
  }

  func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(statement.sqliteStatement, CInt(column)) == SQLITE_NULL
  }

  func integer(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(statement.sqliteStatement, CInt(column))
  }

  func text(_ column: Int) -> String {
    // SAFETY: SQLite keeps the characters until the next step or reset; they are copied here.
    guard let start = unsafe sqlite3_column_text(statement.sqliteStatement, CInt(column)) else {
      return ""
    }
    let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, CInt(column)))
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int) -> [UInt8] {
    // SAFETY: as for text; the address must be asked for before the size.
    guard let start = unsafe sqlite3_column_blob(statement.sqliteStatement, CInt(column)) else {
      return []
    }
    let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, CInt(column)))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  private func failure(_ code: CInt) -> SQLFailure {
    let message = unsafe sqlite3_errmsg(sqlite3_db_handle(statement.sqliteStatement))
      .map { unsafe String(cString: $0) }
    return SQLFailure(sqliteCode: code, message: message ?? "")
  }

  /// SQLITE_TRANSIENT, a C macro Swift does not import: https://www.sqlite.org/c3ref/c_static.html
  private static var copies: sqlite3_destructor_type {
    // SAFETY: SQLite compares the value with -1 and never calls it.
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
}
