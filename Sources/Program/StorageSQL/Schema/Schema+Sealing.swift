import Domain
import Storage

extension Schema {
  /// Room for a decision's sealed body; how it was decided lay in columns before.
  static let decisionBodies = ["ALTER TABLE decision ADD COLUMN body TEXT NOT NULL DEFAULT ''"]

  /// What step 10 seals: what a partner has written of a case and got of it, what was decided, the codes that let
  /// somebody check in, and why an absence was excused. What it makes of a row is what `Tables` writes.
  static let formerlyOpen = [
    OpenTable("referral", columns: [("body", .text)]) { (row, vault) throws(SQLFailure) in
      [Body.text(vault.seal(Array(try row[1].id.utf8), "referral/\(try row[0].id)"))]
    },
    OpenTable(
      "appointment", columns: [("visit_code", .text), ("excuse", .integer)]
    ) { (row, vault) throws(SQLFailure) in
      var visit = try row[1].id
      if case .integer(let code) = row[2] { visit += " \(code)" }
      return [Body.text(vault.seal(Array(visit.utf8), "visit/\(try row[0].id)"))]
    },
    OpenTable(
      "decision",
      columns: [
        ("body", .text), ("referral_id", .text), ("number", .integer), ("create_us", .integer),
        ("authority", .text), ("kind", .integer), ("decision_date", .text), ("valid_from", .text),
        ("valid_until", .text), ("reason", .integer), ("supersedes", .text),
      ], isAppendOnly: true
    ) { (row, vault) throws(SQLFailure) in
      let decision = try decision(row)
      return [try Body.seal(decision, "decision/\(decision.id)", vault)]
    },
  ]

  /// What lay in columns and is sealed now: nothing in SQL asks for it. Of a decision only what orders it stays open.
  /// And a digest of each change, which nothing ever wrote.
  static let formerColumns =
    [
      "authority", "kind", "decision_date", "valid_from", "valid_until", "reason", "supersedes",
    ].map { "ALTER TABLE decision DROP COLUMN \($0)" }
    + [
      "ALTER TABLE appointment DROP COLUMN excuse",
      "ALTER TABLE status_event DROP COLUMN diff_digest",
    ]

  /// A decision as its row had it up to step 9.
  private static func decision(_ row: OpenTable.Row) throws(SQLFailure) -> Decision {
    guard case .text(let id) = row[0], case .text(let referral) = row[2],
      case .integer(let number) = row[3], case .integer(let time) = row[4],
      case .text(let authority) = row[5], case .integer(let kind) = row[6],
      let kind = DecisionKind(rawValue: Int(kind)), let date = try date(row[7])
    else { throw .unreadableRow("decision") }
    var decision = Decision(
      id: DecisionID(checked: id), referral: ReferralID(checked: referral), number: Int(number),
      authority: PartnerID(checked: authority), kind: kind, date: date,
      validFrom: try self.date(row[8]), validUntil: try self.date(row[9]),
      createTime: Instant(microseconds: time))
    if case .integer(let code) = row[10] {
      guard let reason = DecisionReason(rawValue: Int(code)) else {
        throw .unreadableRow("reason of a decision")
      }
      decision.reason = reason
    }
    if case .text(let id) = row[11] { decision.supersedes = DecisionID(checked: id) }
    return decision
  }

  private static func date(_ value: SQLValue) throws(SQLFailure) -> CivilDate? {
    guard case .text(let text) = value else { return nil }
    guard let date = CivilDate(text) else { throw .unreadableRow("date of a decision") }
    return date
  }
}
