import StorageSQL
import Testing

/// What SQLite's planner makes of a statement; it looks at the schema only, not at what the tables hold.
struct SQLitePlans {
  private let connection: any SQLConnection

  init(_ connection: any SQLConnection) { self.connection = connection }

  /// Expects that no large table is scanned; by an index it may be, where a LIMIT ends it.
  func judge(_ use: StatementRecord.Use) throws {
    let text = use.statement.text
    guard !text.hasPrefix("PRAGMA") else { return }
    let explain = SQLStatement("EXPLAIN QUERY PLAN \(text)")
    let plan = try connection.all(explain, use.values) { (row) throws(SQLFailure) in
      _ = (try row.integer(), try row.integer(), try row.integer())
      return try row.text()
    }
    judgeList(text, plan)
    for line in plan {
      // Constant rows are those that the statement itself brings; what a part of it finds is judged there.
      guard let found = line.firstMatch(of: /^SCAN (\w+)/), !line.contains("CONSTANT ROW"),
        !plan.contains("CO-ROUTINE \(found.1)")
      else { continue }
      let isOrderly = line.contains("INDEX") && text.contains("LIMIT")
      let comment = Comment(rawValue: "\(text)\n\(plan.joined(separator: "\n"))")
      #expect(isOrderly || LargeTables.small[String(found.1)] != nil, comment)
    }
  }

  /// Expects that a list of one registration's, or one applicant's, is reached by that alone, and that no other list is
  /// sorted: each page would read all that comes after it.
  ///
  /// Except where several states are asked about, which no service does but for one registration.
  private func judgeList(_ text: String, _ plan: [String]) {
    guard text.contains("LIMIT"),
      let access = plan.first(where: { $0.hasPrefix("SCAN") || $0.hasPrefix("SEARCH") })
    else { return }
    let table = access.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    let isFew = access.contains(/\((registration_id|uid|owner_partner|case_pseudonym)=\?/)
    let isAboutFew = text.contains(/(registration_id|owner_user) = \$/)
    let isSorted = plan.contains { $0.contains("TEMP B-TREE") }
    let maySort = LargeTables.small[table] != nil || text.contains(/[^+]state IN/)
    let isGood = isFew || !isAboutFew && (!isSorted || maySort)
    #expect(isGood, Comment(rawValue: "\(text)\n\(plan.joined(separator: "\n"))"))
  }
}
