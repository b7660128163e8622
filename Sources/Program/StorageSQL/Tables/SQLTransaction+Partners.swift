import Domain
import Storage

extension SQLTransaction {
  func partner(_ id: PartnerID) throws -> Partner? {
    try first(.partner, [.text(id)], Self.readPartner)
  }

  func partner(identity: String) throws -> Partner? {
    try first(.partnerByIdentity, [.text(identity)], Self.readPartner)
  }

  func partners() throws -> [Partner] {
    try all(.partners, [], Self.readPartner)
  }

  func insert(_ partner: Partner) throws {
    try tell(
      .insertPartner, [.text(partner.id), .version(partner.revision.version), body(partner)])
    try storeIdentities(of: partner)
    try storeKeys(of: partner)
  }

  func update(_ partner: Partner, from version: Version) throws {
    try changeOne(
      .updatePartner,
      [.text(partner.id), .version(version), .version(partner.revision.version), body(partner)],
      orFind: .partner, .text(partner.id))
    try tell(.removeIdentities, [.text(partner.id)])
    try storeIdentities(of: partner)
    try tell(.removePartnerKeys, [.text(partner.id)])
    try storeKeys(of: partner)
  }

  private func storeKeys(of partner: Partner) throws(StoreError) {
    for key in partner.keys {
      try tell(.insertPartnerKey, [.bytes(key.publicKey), .text(partner.id)])
    }
  }

  private func storeIdentities(of partner: Partner) throws(StoreError) {
    for identity in Set(partner.identities) {
      try tell(.insertIdentity, [.text(identity), .text(partner.id)])
    }
  }

  private static func readPartner(_ row: inout SQLRow) throws(SQLFailure) -> Partner {
    try row.body(Partner.self)
  }

  func pathway(_ id: PathwayID) throws -> Pathway? {
    try first(.pathway, [.text(id)]) { (row) throws(SQLFailure) in try row.body(Pathway.self) }
  }

  func pathways() throws -> [Pathway] {
    try all(.pathways, []) { (row) throws(SQLFailure) in try row.body(Pathway.self) }
  }

  func put(_ pathway: Pathway) throws {
    try tell(
      .putPathway, [.text(pathway.id), .text(pathway.exclusiveGroup), body(pathway)])
  }
}

extension SQLStatement {
  fileprivate static let partner = SQLStatement("SELECT body FROM partner WHERE uid = $1")
  static let partnerByIdentity = SQLStatement(
    """
    SELECT body FROM partner_identity JOIN partner ON partner.uid = partner_identity.partner_id
    WHERE uri = $1
    """)
  fileprivate static let partners = SQLStatement("SELECT body FROM partner ORDER BY uid")
  fileprivate static let insertPartner = SQLStatement(
    "INSERT INTO partner(uid, version, body) VALUES ($1, $2, $3)")
  fileprivate static let updatePartner = SQLStatement(
    "UPDATE partner SET version = $3, body = $4 WHERE uid = $1 AND version = $2")
  fileprivate static let insertIdentity = SQLStatement(
    "INSERT INTO partner_identity(uri, partner_id) VALUES ($1, $2)")
  fileprivate static let removeIdentities = SQLStatement(
    "DELETE FROM partner_identity WHERE partner_id = $1")
  fileprivate static let insertPartnerKey = SQLStatement(
    "INSERT INTO partner_key(public_key, partner_id) VALUES ($1, $2)")
  fileprivate static let removePartnerKeys = SQLStatement(
    "DELETE FROM partner_key WHERE partner_id = $1")
  fileprivate static let pathway = SQLStatement("SELECT body FROM pathway WHERE uid = $1")
  fileprivate static let pathways = SQLStatement("SELECT body FROM pathway ORDER BY uid")
  fileprivate static let putPathway = SQLStatement(
    """
    INSERT INTO pathway(uid, excl_group, body) VALUES ($1, $2, $3)
    ON CONFLICT (uid) DO UPDATE SET excl_group = excluded.excl_group, body = excluded.body
    """)
}
