/// One step of the schema, never edited once it has been released.
package struct Migration: Sendable {
  /// 1, 2, 3, … without gaps.
  package let version: Int
  /// What the step is for, in a few words; kept in the database.
  package let name: String
  /// The statements, portable SQL.
  package let statements: [String]
  /// Tables that from this step on take insertions only.
  package let appendOnlyTables: [String]
  /// Tables whose rows are numbered in the order they were inserted, where that is needed.
  package let numberedTables: [String]
  /// Tables whose rows this step seals, after its statements.
  let sealedTables: [OpenTable]

  package init(
    version: Int, name: String, statements: [String], appendOnlyTables: [String] = [],
    numberedTables: [String] = []
  ) {
    self.init(
      version: version, name: name, statements: statements, appendOnlyTables: appendOnlyTables,
      numberedTables: numberedTables, sealedTables: [])
  }

  init(
    version: Int, name: String, statements: [String], appendOnlyTables: [String] = [],
    numberedTables: [String] = [], sealedTables: [OpenTable]
  ) {
    self.version = version
    self.name = name
    self.statements = statements
    self.appendOnlyTables = appendOnlyTables
    self.numberedTables = numberedTables
    self.sealedTables = sealedTables
  }

  /// A fingerprint of the step as written, so that a released step changed later is noticed.
  ///
  /// It guards against a mistake of ours, not against an attacker, who could write the checksum too. The dialect's
  /// own statements are left out: they differ per engine.
  package var checksum: String {
    let text = (statements + appendOnlyTables + numberedTables).joined(separator: "\u{0}")
    return String(fingerprint(of: text), radix: 16)
  }
}
