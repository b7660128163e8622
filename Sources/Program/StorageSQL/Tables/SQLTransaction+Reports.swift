import Domain
import Storage

extension SQLTransaction {
  func factGroups(
    of program: ProgramID, from start: CivilDate, before end: CivilDate
  ) throws -> [FactGroup] {
    try all(.factGroups, [.text(program), .day(start), .day(end)], Self.readGroup)
  }

  func append(_ fact: Fact) throws {
    var random = SystemRandomNumberGenerator()
    try tell(
      .insertFact,
      [
        .text(ResourceUID(using: &random)), .text(fact.program?.rawValue ?? FactRow.noProgram),
        .day(fact.day), .code(fact.measure), .count(fact.number),
      ] + FactRow.dimensions.map { .text(fact.values[$0]) })
  }

  func reportRelease(of program: ProgramID, number: Int) throws -> ReportRelease? {
    try first(.release, [.text(program), .count(number)]) { (row) throws(SQLFailure) in
      try row.body(ReportRelease.self)
    }
  }

  func reportReleases(
    of program: ProgramID, before number: Int?, limit: Int
  ) throws -> Page<ReportRelease> {
    let values: [SQLValue] = [
      .text(program), .integer(number.map { Int64($0) } ?? .max), .count(limit + 1),
    ]
    let found = try all(.releases, values) { (row) throws(SQLFailure) in
      try row.body(ReportRelease.self)
    }
    return Page(found: found, limit: limit)
  }

  func insert(_ release: ReportRelease) throws {
    try tell(
      .insertRelease,
      [.text(release.report.program), .count(release.number), body(release)])
  }

  private static func readGroup(_ row: inout SQLRow) throws(SQLFailure) -> FactGroup {
    let measure = try row.code(Measure.self)
    let number = Int(try row.integer())
    let count = try row.count()
    var values: [Dimension: String] = [:]
    for dimension in FactRow.dimensions { values[dimension] = row.textIfPresent() }
    return FactGroup(measure: measure, number: number, values: values, count: count)
  }
}

/// How a fact lies in its row.
private enum FactRow {
  /// What happened to no programme.
  static let noProgram = ""

  /// The columns behind the first ones, in their order.
  static let dimensions: [Dimension] = [
    .office, .pathway, .partner, .nationality, .sex, .ageBand, .language, .channel, .step, .reason,
    .outcome, .department,
  ]
}

extension SQLValue {
  /// A day by its number; one that is not known to the day is nobody's.
  fileprivate static func day(_ date: CivilDate) -> SQLValue {
    .integer(Int64(date.dayNumber ?? 0))
  }
}

private let dimensionColumns =
  """
  office, pathway, partner, nationality, sex, age_band, language, channel, step, reason, outcome, \
  department
  """

extension SQLStatement {
  fileprivate static let factGroups = SQLStatement(
    """
    SELECT measure, number, COUNT(*), \(dimensionColumns) FROM fact
    WHERE program_id IN ($1, '') AND day >= $2 AND day < $3
    GROUP BY measure, number, \(dimensionColumns)
    """)
  fileprivate static let insertFact = SQLStatement(
    """
    INSERT INTO fact(uid, program_id, day, measure, number, \(dimensionColumns))
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    """)
  fileprivate static let release = SQLStatement(
    "SELECT body FROM report_release WHERE program_id = $1 AND number = $2")
  fileprivate static let releases = SQLStatement(
    """
    SELECT body FROM report_release WHERE program_id = $1 AND number < $2
    ORDER BY number DESC LIMIT $3
    """)
  fileprivate static let insertRelease = SQLStatement(
    "INSERT INTO report_release(program_id, number, body) VALUES ($1, $2, $3)")
}
