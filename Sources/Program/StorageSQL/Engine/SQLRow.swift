/// The columns of a row, each readable as one of the stored kinds.
package protocol SQLColumns: AnyObject {
  /// Whether the column holds NULL.
  func isNull(_ column: Int) -> Bool
  /// A BIGINT column.
  func integer(_ column: Int) -> Int64
  /// A TEXT column.
  func text(_ column: Int) -> String
  /// A BYTEA column.
  func bytes(_ column: Int) -> [UInt8]
}

/// One result row, read from left to right in the order of the SELECT list.
///
/// Reading in order keeps a table's column list, its binding and its reading three lists of the
/// same sequence, side by side in one file. The row is valid only inside the closure it is given to.
package struct SQLRow: ~Copyable {
  private let columns: any SQLColumns
  private var next = 0

  package init(_ columns: any SQLColumns) {
    self.columns = columns
  }

  /// The next column, a BIGINT that is not NULL.
  package mutating func integer() throws(SQLFailure) -> Int64 {
    let column = try advance()
    return columns.integer(column)
  }

  /// The next column, a BIGINT or NULL.
  package mutating func integerIfPresent() -> Int64? {
    defer { next += 1 }
    return columns.isNull(next) ? nil : columns.integer(next)
  }

  /// The next column as a count.
  package mutating func count() throws(SQLFailure) -> Int { Int(try integer()) }

  /// The next column as 0 or 1.
  package mutating func flag() throws(SQLFailure) -> Bool { try integer() != 0 }

  /// The next column, a TEXT that is not NULL.
  package mutating func text() throws(SQLFailure) -> String {
    let column = try advance()
    return columns.text(column)
  }

  /// The next column, a TEXT or NULL.
  package mutating func textIfPresent() -> String? {
    defer { next += 1 }
    return columns.isNull(next) ? nil : columns.text(next)
  }

  /// The next column, a BYTEA that is not NULL.
  package mutating func bytes() throws(SQLFailure) -> [UInt8] {
    let column = try advance()
    return columns.bytes(column)
  }

  /// The next column, a BYTEA or NULL.
  package mutating func bytesIfPresent() -> [UInt8]? {
    defer { next += 1 }
    return columns.isNull(next) ? nil : columns.bytes(next)
  }

  private mutating func advance() throws(SQLFailure) -> Int {
    defer { next += 1 }
    if columns.isNull(next) { throw .unreadableRow("column \(next + 1) is NULL") }
    return next
  }
}
