/// The few texts in which engines differ. Everything else is portable.
package struct SQLDialect: Sendable {
  /// The statements that make a table refuse UPDATE and DELETE (and TRUNCATE, where there is one).
  package let appendOnly: @Sendable (_ table: String) -> String

  package init(appendOnly: @escaping @Sendable (_ table: String) -> String) {
    self.appendOnly = appendOnly
  }
}
