import Domain
import Storage

extension SQLTransaction {
  func idempotencyRecord(
    partner: PartnerID, method: String, requestID: String
  ) throws -> IdempotencyRecord? {
    let place = Self.place(partner, method, requestID)
    // Of two with one id the second waits here for the first one's answer.
    try pass(place)
    return try first(
      .record, [.text(partner), .text(method), .text(requestID), .instant(now)]
    ) { (row) throws(SQLFailure) in
      IdempotencyRecord(
        partner: partner, method: method, requestID: requestID,
        requestDigest: try row.digest(),
        response: try Body.open(try row.bytes(), place, environment.vault),
        registration: row.textIfPresent().map(RegistrationID.init(checked:)),
        referral: row.textIfPresent().map(ReferralID.init(checked:)),
        createTime: try row.instant(), expireTime: try row.instant())
    }
  }

  /// Answers hold what people entered; they are kept sealed, each for its own request.
  static func place(_ partner: PartnerID, _ method: String, _ requestID: String) -> String {
    "idempotency/\(partner)/\(method)/\(requestID)"
  }

  func record(_ record: IdempotencyRecord) throws {
    let place = Self.place(record.partner, record.method, record.requestID)
    try change(
      1, by: .insertRecord,
      [
        .text(record.partner), .text(record.method), .text(record.requestID),
        .digest(record.requestDigest), .bytes(environment.vault.seal(record.response, place)),
        .text(record.registration), .text(record.referral), .instant(record.createTime),
        .instant(record.expireTime), .instant(now),
      ]
    ) { throw StoreError.conflict(.requestID) }
  }

  func forgetIdempotencyRecords(limit: Int) throws -> Int {
    let past = try all(.pastRecords, [.instant(now), .count(limit)]) {
      (row) throws(SQLFailure) -> [SQLValue] in
      [.text(try row.text()), .text(try row.text()), .text(try row.text()), .instant(now)]
    }
    for key in past { try run(.forgetRecord, key) }
    return past.count
  }

  func pendingApproval(_ id: PendingApprovalID) throws -> PendingApproval? {
    try first(.approval, [.text(id)], readApproval)
  }

  func pendingApproval(method: String, resource: String) throws -> PendingApproval? {
    try first(
      .waitingApproval, [.text(method), .text(resource)], readApproval)
  }

  func insert(_ approval: PendingApproval) throws {
    try tell(
      .insertApproval,
      [
        .text(approval.id), .text(approval.method), .text(approval.resource),
        .code(approval.state), .instant(approval.expireTime),
        .version(approval.revision.version), sealed(approval, "approval", approval.id),
      ])
  }

  func update(_ approval: PendingApproval, from version: Version) throws {
    try changeOne(
      .updateApproval,
      [
        .text(approval.id), .version(version), .code(approval.state),
        .instant(approval.expireTime), .version(approval.revision.version),
        sealed(approval, "approval", approval.id),
      ],
      orFind: .approval, .text(approval.id))
  }

  private func readApproval(_ row: inout SQLRow) throws(SQLFailure) -> PendingApproval {
    try unsealed(PendingApproval.self, "approval", &row)
  }
}

extension SQLStatement {
  static let record = SQLStatement(
    """
    SELECT request_digest, response, registration_id, referral_id, create_us, expires_us
    FROM idempotency
    WHERE partner = $1 AND method = $2 AND request_id = $3 AND expires_us > $4
    """)
  // Takes the place of a record whose time has passed; changes no row when one still counts.
  fileprivate static let insertRecord = SQLStatement(
    """
    INSERT INTO idempotency(
      partner, method, request_id, request_digest, response, registration_id, referral_id,
      create_us, expires_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (partner, method, request_id) DO UPDATE SET
      request_digest = excluded.request_digest, response = excluded.response,
      registration_id = excluded.registration_id, referral_id = excluded.referral_id,
      create_us = excluded.create_us, expires_us = excluded.expires_us
    WHERE idempotency.expires_us <= $10
    """)
  fileprivate static let pastRecords = SQLStatement(
    """
    SELECT partner, method, request_id FROM idempotency WHERE expires_us <= $1
    ORDER BY expires_us LIMIT $2
    """)
  fileprivate static let forgetRecord = SQLStatement(
    """
    DELETE FROM idempotency
    WHERE partner = $1 AND method = $2 AND request_id = $3 AND expires_us <= $4
    """)
  fileprivate static let approval = SQLStatement(
    "SELECT uid, body FROM pending_approval WHERE uid = $1")
  fileprivate static let waitingApproval = SQLStatement(
    "SELECT uid, body FROM pending_approval WHERE method = $1 AND resource = $2 AND state = 1")
  fileprivate static let insertApproval = SQLStatement(
    """
    INSERT INTO pending_approval(uid, method, resource, state, expires_us, version, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  fileprivate static let updateApproval = SQLStatement(
    """
    UPDATE pending_approval SET state = $3, expires_us = $4, version = $5, body = $6
    WHERE uid = $1 AND version = $2
    """)
}
