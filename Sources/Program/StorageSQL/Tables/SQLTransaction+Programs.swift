import Domain
import Storage

extension SQLTransaction {
  func program(_ id: ProgramID) throws -> Program? {
    try first(.program, [.text(id)]) { (row) throws(SQLFailure) in try row.body(Program.self) }
  }

  func programs() throws -> [Program] {
    try all(.programs, []) { (row) throws(SQLFailure) in try row.body(Program.self) }
  }

  func insert(_ program: Program) throws {
    try tell(
      .insertProgram,
      [.text(program.id), .version(program.revision.version), body(program)])
  }

  func update(_ program: Program, from version: Version) throws {
    try changeOne(
      .updateProgram,
      [
        .text(program.id), .version(version), .version(program.revision.version), body(program),
      ],
      orFind: .program, .text(program.id))
  }

  func eligibilityRules(of program: ProgramID) throws -> [EligibilityRule] {
    try all(.rules, [.text(program)]) { (row) throws(SQLFailure) in
      try row.body(EligibilityRule.self)
    }
  }

  func eligibilityRule(
    of program: ProgramID, at instant: Instant
  ) throws -> EligibilityRule? {
    try first(.ruleInForce, [.text(program), .instant(instant)]) { (row) throws(SQLFailure) in
      try row.body(EligibilityRule.self)
    }
  }

  func insert(_ rule: EligibilityRule) throws {
    try tell(
      .insertRule,
      [
        .text(rule.program), .count(rule.version), .instant(rule.effectiveFrom),
        .instant(rule.effectiveUntil), body(rule),
      ])
  }
}

extension SQLStatement {
  static let program = SQLStatement("SELECT body FROM program WHERE uid = $1")
  fileprivate static let programs = SQLStatement("SELECT body FROM program ORDER BY uid")
  fileprivate static let insertProgram = SQLStatement(
    "INSERT INTO program(uid, version, body) VALUES ($1, $2, $3)")
  fileprivate static let updateProgram = SQLStatement(
    "UPDATE program SET version = $3, body = $4 WHERE uid = $1 AND version = $2")
  fileprivate static let rules = SQLStatement(
    "SELECT body FROM eligibility_rule WHERE program_id = $1 ORDER BY version")
  fileprivate static let ruleInForce = SQLStatement(
    """
    SELECT body FROM eligibility_rule WHERE program_id = $1 AND effective_from_us <= $2
      AND (effective_until_us IS NULL OR effective_until_us > $2)
    ORDER BY version DESC LIMIT 1
    """)
  fileprivate static let insertRule = SQLStatement(
    """
    INSERT INTO eligibility_rule(program_id, version, effective_from_us, effective_until_us, body)
    VALUES ($1, $2, $3, $4, $5)
    """)
}
