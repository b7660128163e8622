import Domain
import Storage

extension SQLTransaction {
  func consent(_ id: ConsentID) throws -> Consent? {
    try first(.consent, [.text(id)], readConsent)
  }

  func consents(of registration: RegistrationID) throws -> [Consent] {
    try all(.consentsOf, [.text(registration)], readConsent)
  }

  func consents(
    of person: PersonID, recipient: PartnerID, purpose: Purpose
  ) throws -> [Consent] {
    try all(
      .consentsFor, [.text(person), .text(recipient), .code(purpose)], readConsent)
  }

  func insert(_ consent: Consent) throws {
    try tell(
      .insertConsent,
      [
        .text(consent.id), .text(consent.registration), .text(consent.person),
        .text(consent.recipient), .code(consent.purpose), .instant(consent.revision.createTime),
        .version(consent.revision.version), sealed(consent, "consent", consent.id),
        consent.expiryColumn,
      ])
  }

  func update(_ consent: Consent, from version: Version) throws {
    try changeOne(
      .updateConsent,
      [
        .text(consent.id), .version(version), .version(consent.revision.version),
        sealed(consent, "consent", consent.id),
        consent.expiryColumn,
      ],
      orFind: .consent, .text(consent.id))
  }

  private func readConsent(_ row: inout SQLRow) throws(SQLFailure) -> Consent {
    try unsealed(Consent.self, "consent", &row)
  }
}

extension SQLStatement {
  fileprivate static let consent = SQLStatement("SELECT uid, body FROM consent WHERE uid = $1")
  fileprivate static let consentsOf = SQLStatement(
    "SELECT uid, body FROM consent WHERE registration_id = $1 ORDER BY create_us, uid")
  fileprivate static let consentsFor = SQLStatement(
    """
    SELECT uid, body FROM consent WHERE person_id = $1 AND recipient = $2 AND purpose = $3
    ORDER BY create_us DESC, uid DESC
    """)
  fileprivate static let insertConsent = SQLStatement(
    """
    INSERT INTO consent(
      uid, registration_id, person_id, recipient, purpose, create_us, version, body, expires_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
  fileprivate static let updateConsent = SQLStatement(
    """
    UPDATE consent SET version = $3, body = $4, expires_us = $5 WHERE uid = $1 AND version = $2
    """)
}
