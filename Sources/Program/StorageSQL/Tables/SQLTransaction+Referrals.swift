import Domain
import Storage

extension SQLTransaction {
  func referral(_ id: ReferralID) throws -> Referral? {
    try first(.referral, [.text(id)], readReferral)
  }

  func referrals(
    _ filter: ReferralFilter, after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<Referral> {
    var query = SQLListQuery(isNarrow: filter.registration != nil || filter.owner != nil)
    if let registration = filter.registration {
      query.require("registration_id = #", .text(registration))
    }
    if let to = filter.to { query.require(shared: "to_id", .text(to)) }
    if let from = filter.from { query.require(shared: "from_id", .text(from)) }
    if let pathway = filter.pathway { query.require(shared: "pathway", .text(pathway)) }
    query.require("state", oneOf: filter.states)
    query.require("registration_id", ownedBy: filter.owner, index(of: filter.owner))
    query.require("create_us", after: key)
    let list = query.statement(select: "SELECT uid, body FROM referral", order: "create_us, uid")
    return Page(found: try all(list, query.values(limit: limit), readReferral), limit: limit)
  }

  func liveReferralCount(to partner: PartnerID, on pathway: PathwayID) throws -> Int {
    // Two referrals of one partner are counted one after the other.
    if locksRows { _ = try first(.lockPartner, [.text(partner)]) { _ in true } }
    return try first(.liveReferralCount, [.text(partner), .text(pathway)]) {
      (row) throws(SQLFailure) in try row.count()
    } ?? 0
  }

  func insert(_ referral: Referral) throws {
    try tell(
      .insertReferral,
      [
        .text(referral.id), .text(referral.registration), .text(referral.pathway),
        .text(referral.from), .text(referral.to), .code(referral.state),
        .instant(referral.revision.createTime), .version(referral.revision.version),
        sealed(referral, "referral", referral.id), referral.dueColumn,
        .flag(referral.isOverdue),
      ])
    for person in referral.persons.sorted() {
      let stored = try run(
        .insertReferralPerson,
        [
          .text(referral.id), .text(person), .text(referral.pathway),
          .text(referral.destination), .flag(referral.state.isLive),
        ])
      // No row selected: there is no such person.
      guard stored == 1 else { throw StoreError.conflict(.reference) }
    }
  }

  func update(_ referral: Referral, from version: Version) throws {
    try changeOne(
      .updateReferral,
      [
        .text(referral.id), .version(version), .text(referral.to), .code(referral.state),
        .version(referral.revision.version), sealed(referral, "referral", referral.id),
        referral.dueColumn, .flag(referral.isOverdue),
      ],
      orFind: .referral, .text(referral.id))
    try tell(.updateLivePlaces, [.text(referral.id), .flag(referral.state.isLive)])
  }

  private func readReferral(_ row: inout SQLRow) throws(SQLFailure) -> Referral {
    try unsealed(Referral.self, "referral", &row)
  }

  func decisions(of referral: ReferralID) throws -> [Decision] {
    try all(.decisions, [.text(referral)]) { (row) throws(SQLFailure) in
      try unsealed(Decision.self, "decision", &row)
    }
  }

  func insert(_ decision: Decision) throws {
    try tell(
      .insertDecision,
      [
        .text(decision.id), .text(decision.referral), .count(decision.number),
        .instant(decision.createTime), sealed(decision, "decision", decision.id),
      ])
  }
}

extension SQLStatement {
  static let referral = SQLStatement("SELECT uid, body FROM referral WHERE uid = $1")
  fileprivate static let lockPartner = SQLStatement(
    "SELECT uid FROM partner WHERE uid = $1 FOR NO KEY UPDATE")
  fileprivate static let liveReferralCount = SQLStatement(
    """
    SELECT COUNT(*) FROM referral WHERE to_id = $1 AND pathway = $2 AND state IN (2,3,4,5,6,7)
    """)
  fileprivate static let insertReferral = SQLStatement(
    """
    INSERT INTO referral(
      uid, registration_id, pathway, from_id, to_id, state, create_us, version, body, due_us,
      overdue)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)
  fileprivate static let insertReferralPerson = SQLStatement(
    """
    INSERT INTO referral_person(
      referral_id, person_id, cluster_id, pathway, destination, excl_group, live)
    SELECT $1, uid, cluster_id, $3, $4, (SELECT excl_group FROM pathway WHERE uid = $3), $5
    FROM person WHERE uid = $2
    """)
  fileprivate static let updateReferral = SQLStatement(
    """
    UPDATE referral SET to_id = $3, state = $4, version = $5, body = $6, due_us = $7,
      overdue = $8
    WHERE uid = $1 AND version = $2
    """)
  fileprivate static let updateLivePlaces = SQLStatement(
    "UPDATE referral_person SET live = $2 WHERE referral_id = $1 AND live <> $2")
  fileprivate static let decisions = SQLStatement(
    "SELECT uid, body FROM decision WHERE referral_id = $1 ORDER BY number")
  fileprivate static let insertDecision = SQLStatement(
    """
    INSERT INTO decision(uid, referral_id, number, create_us, body) VALUES ($1, $2, $3, $4, $5)
    """)
}
