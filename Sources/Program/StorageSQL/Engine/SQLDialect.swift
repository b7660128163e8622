/// The few texts in which engines differ. Everything else is portable.
package struct SQLDialect: Sendable {
  /// The statements that make a table refuse UPDATE and DELETE (and TRUNCATE, where there is one).
  package let appendOnly: @Sendable (_ table: String) -> [String]
  /// A statement that lets rows of such a table be updated, and the one that ends it; for upkeep.
  package let reopened: @Sendable (_ table: String) -> (begin: String, end: String)
  /// The statements, outside any transaction, that write tables anew, or the one file that all are in, so that
  /// nothing is left of what was deleted or changed there; for upkeep.
  package let scrubbing: @Sendable (_ tables: [String]) -> [String]
  /// Whether no server is at work on the database, asked on a connection of its own; none is from then on until that
  /// ends. For upkeep.
  package let isUnused: @Sendable (any SQLConnection) throws(SQLFailure) -> Bool
  /// The statements that give a table a column `place`, which numbers its rows in the order they were inserted; where
  /// nobody ever inserts, just the column.
  package let numbered: @Sendable (_ table: String) -> [String]
  /// The functions that our statements call, made anew whenever a store is opened.
  package let functions: [String]
  /// A statement that lets one transaction at a time go on of those that name the same number, $1; nil where units
  /// run one after another anyway.
  package let turnstile: SQLStatement?
  /// Whether units run side by side, so that what one reads and relies on must be locked. SQLite
  /// runs one unit after another.
  package let needsRowLocks: Bool
  /// Whether places in the log and the feed are given out after the commit, by one sequencer.
  package let sequencesLater: Bool
  /// Whether the database is another process, so that it pays to ask it many things at once.
  package let isFar: Bool

  package init(
    needsRowLocks: Bool, sequencesLater: Bool, isFar: Bool,
    appendOnly: @escaping @Sendable (_ table: String) -> [String],
    reopened: @escaping @Sendable (_ table: String) -> (begin: String, end: String),
    scrubbing: @escaping @Sendable (_ tables: [String]) -> [String],
    isUnused: @escaping @Sendable (any SQLConnection) throws(SQLFailure) -> Bool = { _ in true },
    numbered: @escaping @Sendable (_ table: String) -> [String], turnstile: SQLStatement? = nil,
    functions: [String] = []
  ) {
    self.functions = functions
    self.turnstile = turnstile
    self.needsRowLocks = needsRowLocks
    self.sequencesLater = sequencesLater
    self.isFar = isFar
    self.appendOnly = appendOnly
    self.reopened = reopened
    self.scrubbing = scrubbing
    self.isUnused = isUnused
    self.numbered = numbered
  }
}
