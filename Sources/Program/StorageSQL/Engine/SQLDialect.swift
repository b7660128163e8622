/// The few texts in which engines differ. Everything else is portable.
package struct SQLDialect: Sendable {
  /// The statements that make a table refuse UPDATE and DELETE (and TRUNCATE, where there is one).
  package let appendOnly: @Sendable (_ table: String) -> String
  /// Whether units run side by side, so that what one reads and relies on must be locked. SQLite
  /// runs one unit after another.
  package let needsRowLocks: Bool

  package init(
    needsRowLocks: Bool, appendOnly: @escaping @Sendable (_ table: String) -> String
  ) {
    self.needsRowLocks = needsRowLocks
    self.appendOnly = appendOnly
  }
}
