/// The schema as a list of steps; see `Migrator`.
///
/// Portable SQL for SQLite ≥ 3.40 and PostgreSQL ≥ 15: TEXT, BIGINT and BYTEA only, no STRICT, no
/// WITHOUT ROWID. Names are never shorter than needed to read a query aloud. Times end in `_us`,
/// microseconds since 1970 in UTC.
///
/// Two kinds of tables: what many callers change at once (windows, slots, seats, holds,
/// appointments) and what is only added to (log, feed) has a column per field; the wide
/// records of people, their referrals and decisions, and reference data keep their fields in `body`
/// (JSON of the domain's value) beside the columns that are searched or constrained.
package enum Schema {
  /// Every step, oldest first. Released steps are never edited: append a new one.
  package static let migrations: [Migration] = [
    Migration(
      version: 1, name: "the first road",
      statements: programTables + peopleTables + bookingTables + referralTables + logTables,
      appendOnlyTables: ["decision", "status_event", "event_feed", "audit_entry", "audit_leaf"],
      numberedTables: ["audit_pending", "event_pending"]),
    Migration(
      version: 2, name: "proofs of the log", statements: proofTables,
      appendOnlyTables: ["audit_tile", "audit_checkpoint"]),
    Migration(
      version: 3, name: "reports", statements: reportTables,
      appendOnlyTables: ["fact", "report_release"]),
    // What the timer looks for.
    Migration(
      version: 4, name: "holds by their time",
      statements: ["CREATE INDEX hold_due ON hold(expires_us, uid) WHERE state = 1"]),
    Migration(version: 5, name: "the waitlist", statements: waitlistTables),
    Migration(version: 6, name: "duplicates", statements: duplicateTables),
    // For whom a seat is kept: a bit of `SeatShares`; 1 for nobody.
    Migration(
      version: 7, name: "seats that are kept",
      statements: ["ALTER TABLE seat ADD COLUMN share BIGINT NOT NULL DEFAULT 1"]),
    Migration(version: 8, name: "what those who wait need", statements: waitlistNeeds),
    Migration(version: 9, name: "partners' keys", statements: partnerKeyTables),
    Migration(
      version: 10, name: "referrals, decisions and visits sealed", statements: decisionBodies,
      sealedTables: formerlyOpen),
    Migration(
      version: 11, name: "columns of what is sealed, or was never written",
      statements: formerColumns),
  ]
}
