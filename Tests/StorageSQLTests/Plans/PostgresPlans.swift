import StorageSQL
import Testing

/// What PostgreSQL's planner makes of a statement.
struct PostgresPlans {
  private let connection: any SQLConnection

  init(_ connection: any SQLConnection) { self.connection = connection }

  /// Expects that neither the plan for these values nor the one for any, to which the server may change from the sixth
  /// time on, reads a large table from end to end.
  func judge(_ use: StatementRecord.Use, _ number: Int) throws {
    let text = use.statement.text
    let verb = text.prefix { $0.isLetter }
    guard ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].contains(verb) else { return }
    let name = "plan\(number)"
    try connection.script("PREPARE \(name) AS \(text)")
    let values = use.values.isEmpty ? "" : "(\(use.values.map(literal).joined(separator: ", ")))"
    let explain = SQLStatement("EXPLAIN EXECUTE \(name)\(values)")
    for round in [1, 2, 3, 4, 5, 6, 7] {
      let plan = try connection.all(explain, []) { (row) throws(SQLFailure) in try row.text() }
      let fault = Self.faults(of: plan, isLimited: text.contains("LIMIT"))
      if !fault.isEmpty {
        Issue.record("\(fault), round \(round): \(text)\n\(plan.joined(separator: "\n"))")
        break
      }
    }
    try connection.script("DEALLOCATE \(name)")
  }

  /// The large tables that a plan reads from end to end: as they lie, or by an index without a condition, which only a
  /// LIMIT may end.
  private static func faults(of plan: [String], isLimited: Bool) -> [String] {
    var found: [String] = []
    for (line, next) in zip(plan, plan.dropFirst() + [""]) {
      guard let scan = line.firstMatch(of: /(Seq|Index|Index Only) Scan (using \w+ )?on (\w+)/),
        LargeTables.small[String(scan.3)] == nil
      else { continue }
      let isNarrow = scan.1 != "Seq" && (isLimited || next.contains("Index Cond"))
      if !isNarrow { found.append(String(scan.3)) }
    }
    return found
  }

  private func literal(_ value: SQLValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let integer): "\(integer)"
    case .text(let text): "'\(text.replacing("'", with: "''"))'"
    case .bytes(let bytes):
      "'\\x\(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'"
    }
  }

  /// Expects that every table which is not declared small has many rows; else its plans would mean nothing.
  func expectLargeTables() throws {
    let counts = SQLStatement(
      """
      SELECT relname::text, reltuples::bigint FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      """)
    let found = try connection.all(counts, []) { (row) throws(SQLFailure) in
      (table: try row.text(), count: try row.count())
    }
    for (table, count) in found where LargeTables.small[table] == nil {
      #expect(count >= LargeTables.rowCount, "\(table) has \(count) rows")
    }
    #expect(Set(LargeTables.small.keys).isSubset(of: Set(found.map(\.table))))
  }

  /// Expects that an index answers whether anything refers to a row that is deleted: a plan does not show who asks that.
  func judgeDeletions(_ uses: [StatementRecord.Use]) throws {
    let unindexed = SQLStatement(
      """
      SELECT c.conrelid::regclass::text FROM pg_constraint c
      WHERE c.contype = 'f' AND c.confrelid = $1::text::regclass AND NOT EXISTS (
        SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]
          AND i.indpred IS NULL)
      """)
    let tables = uses.compactMap { $0.statement.text.firstMatch(of: /^DELETE FROM (\w+)/)?.1 }
    #expect(tables.contains("person"))
    for table in Set(tables).sorted() {
      let found = try connection.all(unindexed, [.text(String(table))]) {
        (row) throws(SQLFailure) in try row.text()
      }
      let large = found.filter { LargeTables.small[$0] == nil }
      #expect(large.isEmpty, "to delete from \(table), all of these is read")
    }
  }
}
