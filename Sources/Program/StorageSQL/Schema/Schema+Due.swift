extension Schema {
  /// When the clock moves a row, for tables that kept it in the body alone; see
  /// `SQLTransaction+Due`.
  ///
  /// The times of consents, drafts and referrals are NULL where no timer waits, so that their
  /// indexes hold only what can become due. Few windows ever are: they need none.
  static let dueColumns = [
    "ALTER TABLE service_offer ADD COLUMN no_show_grace_us BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE consent ADD COLUMN expires_us BIGINT",
    "ALTER TABLE registration ADD COLUMN idle_us BIGINT",
    "ALTER TABLE referral ADD COLUMN due_us BIGINT",
    "ALTER TABLE referral ADD COLUMN overdue BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX appointment_offer_due ON appointment(confirm_by_us, uid) WHERE state = 1",
    "CREATE INDEX appointment_missed ON appointment(end_us, uid) WHERE state = 2",
    "CREATE INDEX consent_expiry ON consent(expires_us, uid) WHERE expires_us IS NOT NULL",
    "CREATE INDEX registration_idle ON registration(idle_us, uid) WHERE idle_us IS NOT NULL",
    "CREATE INDEX referral_due ON referral(overdue, due_us, uid) WHERE due_us IS NOT NULL",
  ]

  /// Takes the times of the rows that are there already out of their bodies.
  ///
  /// The types below are what a body of step 1 has of them; they stay as they are whatever becomes
  /// of the domain's, because this step is never run on anything newer.
  static func fillDueColumns(of connection: any SQLConnection) throws(SQLFailure) {
    try fill(connection, from: .graces, to: .fillGrace) { (body: Grace) in
      [.integer(Int64(body.noShowGraceMinutes) * 60_000_000)]
    }
    try fill(connection, from: .consentBodies, to: .fillExpiry) { (body: Expiring) in
      [body.state == 2 ? .integer(body.expireTime) : .null]
    }
    try fill(connection, from: .draftBodies, to: .fillIdle) { (body: Idle) in
      [.integer(body.revision.updateTime)]
    }
    try fill(connection, from: .waitingBodies, to: .fillDue) { (body: Waiting) in
      [.integer(body.dueTime), .flag(body.isOverdue)]
    }
  }

  private static func fill<Stored: Decodable>(
    _ connection: any SQLConnection, from bodies: SQLStatement, to update: SQLStatement,
    _ columns: (Stored) -> [SQLValue]
  ) throws(SQLFailure) {
    let rows = try connection.all(bodies, []) { (row) throws(SQLFailure) -> [SQLValue] in
      let uid = try row.text()
      return [.text(uid)] + columns(try row.body(Stored.self))
    }
    for row in rows { try connection.run(update, row) }
  }

  private struct Grace: Decodable { var noShowGraceMinutes: Int }
  private struct Expiring: Decodable {
    var state: Int
    var expireTime: Int64?
  }
  private struct Idle: Decodable {
    struct Revision: Decodable { var updateTime: Int64 }
    var revision: Revision
  }
  private struct Waiting: Decodable {
    var dueTime: Int64?
    var isOverdue: Bool
  }
}

extension SQLStatement {
  fileprivate static let graces = SQLStatement("SELECT uid, body FROM service_offer")
  fileprivate static let fillGrace = SQLStatement(
    "UPDATE service_offer SET no_show_grace_us = $2 WHERE uid = $1")
  fileprivate static let consentBodies = SQLStatement("SELECT uid, body FROM consent")
  fileprivate static let fillExpiry = SQLStatement(
    "UPDATE consent SET expires_us = $2 WHERE uid = $1")
  fileprivate static let draftBodies = SQLStatement(
    "SELECT uid, body FROM registration WHERE state = 1")
  fileprivate static let fillIdle = SQLStatement(
    "UPDATE registration SET idle_us = $2 WHERE uid = $1")
  fileprivate static let waitingBodies = SQLStatement(
    "SELECT uid, body FROM referral WHERE state IN (2,7)")
  fileprivate static let fillDue = SQLStatement(
    "UPDATE referral SET due_us = $2, overdue = $3 WHERE uid = $1")
}
