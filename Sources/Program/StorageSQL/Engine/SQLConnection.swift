/// One connection to a SQL database, used by one thread at a time.
///
/// The seam between the portable SQL of `Tables/` and an engine. It is synchronous: an engine calls
/// a unit of work where blocking is allowed (SQLite: the writer's queue, or the caller for a point
/// read from the page cache; PostgreSQL: a worker thread).
package protocol SQLConnection: AnyObject {
  /// Runs a statement that returns no rows.
  /// - Returns: how many rows it inserted, updated or deleted.
  @discardableResult
  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) -> Int

  /// Whether what is told may fail later than here; then only the database can judge how many rows it changed.
  var isDeferring: Bool { get }

  /// Runs a statement of which nobody needs to know how many rows it changed.
  ///
  /// An engine may send it later, together with the next that is asked for; a failure then shows there, and at the
  /// latest when the unit is committed.
  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure)

  /// Runs a statement and hands each row to `each`, which returns `false` to stop early.
  ///
  /// Also for `… RETURNING`; such a statement must be read to its end for the change to be whole,
  /// so `each` has to return `true` there.
  func rows(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ each: (inout SQLRow) throws(SQLFailure) -> Bool
  ) throws(SQLFailure)

  /// Asks questions before anybody needs the answers; `rows` gives them when the same question is asked.
  ///
  /// An engine whose answers take long sends all of them with the next question that it must wait for. An answer holds
  /// until this connection changes a table that the statement names, so it is never another than `rows` would have
  /// found at that moment, had it been asked instead.
  func foresee(_ questions: [ForeseenQuestion], by keys: ForeseenKeys?) throws(SQLFailure)

  /// Runs a statement without parameters, as a migration needs.
  func script(_ text: String) throws(SQLFailure)
}

extension SQLConnection {
  /// Answers are at hand.
  package func foresee(
    _ questions: [ForeseenQuestion], by keys: ForeseenKeys?
  ) throws(SQLFailure) {}

  /// The first row as read by `read`, or `nil` if there is none.
  package func first<T>(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ read: (inout SQLRow) throws(SQLFailure) -> T
  ) throws(SQLFailure) -> T? {
    var result: T?
    try rows(statement, values) { (row) throws(SQLFailure) in
      if result == nil { result = try read(&row) }
      return true
    }
    return result
  }

  /// All rows as read by `read`, in the statement's order.
  package func all<T>(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ read: (inout SQLRow) throws(SQLFailure) -> T
  ) throws(SQLFailure) -> [T] {
    var result: [T] = []
    try rows(statement, values) { (row) throws(SQLFailure) in
      result.append(try read(&row))
      return true
    }
    return result
  }
}
