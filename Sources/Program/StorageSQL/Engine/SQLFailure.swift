/// Why an engine refused or could not run a statement, in words common to all engines.
///
/// This is the last place where SQL is spoken: `SQLFailure+StoreError.swift` turns it into the
/// domain's `StoreError`. Texts name tables and constraints, never values.
package enum SQLFailure: Error, Hashable, Sendable {
  /// A unique key was taken already; carries the name of the index or key as the schema gives it.
  case unique(String)
  /// A CHECK did not hold; carries the name of the constraint.
  case check(String)
  /// A row that is referred to is absent, or still referred to.
  case foreignKey
  /// A column without a value; a mistake of the code, not of the caller.
  case missingValue(String)
  /// A trigger refused the change: the table takes insertions only.
  case appendOnly(String)
  /// Another writer held the database for longer than the busy timeout.
  case busy
  /// A transaction lost a race (PostgreSQL 40001, 40P01): run the whole unit again.
  case serialization
  /// The database cannot be reached, or has not answered in time.
  case unavailable(String)
  /// The database is not as it must be; the text says what to do.
  case unsuitable(String)
  /// The time given to a single wait is over.
  case timeout
  /// The disk is full, or cannot be read or written.
  case inputOutput(String)
  /// The file is not a database, or is damaged.
  case corrupt(String)
  /// A stored row does not read as the type it was written from.
  case unreadableRow(String)
  /// Anything else: a mistake in our SQL.
  case statement(String)
}
