import Domain
import Storage

extension SQLTransaction {
  func registration(_ id: RegistrationID) throws -> Registration? {
    // Several rules of one call look at the same case.
    if let known = lastRegistration, known.id == id { return known }
    // What is decided about a case rests on its consents, persons and referrals: one change at a time.
    lastRegistration = try firstLocked(.registration, [.text(id)], readRegistration)
    return lastRegistration
  }

  func glimpse(of id: RegistrationID) throws -> Registration? {
    if let known = lastRegistration, known.id == id { return known }
    return try first(.registration, [.text(id)], readRegistration)
  }

  func idleRegistration(_ id: RegistrationID) throws -> Registration? {
    guard locksRows, lastRegistration?.id != id else { return try registration(id) }
    lastRegistration = try first(
      SQLStatement.registration.lockingIdle, [.text(id)], readRegistration)
    return lastRegistration
  }

  func registration(receipt: Receipt) throws -> Registration? {
    try first(.registrationByReceipt, [.text(receipt)], readRegistration)
  }

  func registrations(
    _ filter: RegistrationFilter, after key: TimeKey<RegistrationID>?, limit: Int
  ) throws -> Page<Registration> {
    var query = SQLListQuery(isNarrow: filter.owner != nil)
    if let owner = filter.owner {
      query.require("owner_partner = #", .text(owner.partner))
      query.require("owner_user = #", index(of: owner))
    }
    if let program = filter.program { query.require(shared: "program_id", .text(program)) }
    query.require("state", oneOf: filter.states)
    if !filter.includesProtected { query.require("protected = 0") }
    query.require("list_us", after: key)
    let list = query.statement(select: "SELECT uid, body FROM registration", order: "list_us, uid")
    let found = try all(list, query.values(limit: limit), readRegistration)
    return Page(found: found, limit: limit)
  }

  func liveRegistration(
    of cluster: PersonID, in program: ProgramID
  ) throws -> Registration? {
    try first(
      .liveRegistration, [.text(program), .text(cluster)], readRegistration)
  }

  func caseKey(of registration: RegistrationID) throws -> [UInt8]? {
    if let lastCaseKey, lastCaseKey.registration == registration { return lastCaseKey.key }
    let key =
      try first(.caseKey, [.text(registration)]) { (row) throws(SQLFailure) in
        try row.bytesIfPresent().map { sealed throws(SQLFailure) in
          try Body.open(sealed, "case/\(registration)", environment.vault)
        }
      } ?? nil
    if let key { lastCaseKey = (registration, key) }
    return key
  }

  func insert(_ registration: Registration, caseKey: [UInt8]) throws {
    try tell(
      .insertRegistration,
      [
        .text(registration.id), .text(registration.program), .text(registration.window),
        .text(registration.receipt), .code(registration.state),
        .flag(registration.state.isLive), .count(Self.apart(in: registration).count),
        .instant(registration.listTime),
        .bytes(environment.vault.seal(caseKey, "case/\(registration.id)")),
        .version(registration.revision.version),
        sealed(registration, "registration-body", registration.id), registration.idleColumn,
        .text(registration.owner?.partner), index(of: registration.owner),
        .flag(registration.holds.contains(.protection)),
      ])
  }

  func update(_ registration: Registration, from version: Version) throws {
    lastRegistration = nil
    try changeOne(
      .updateRegistration,
      [
        .text(registration.id), .version(version), .text(registration.window),
        .code(registration.state), .instant(registration.listTime),
        .version(registration.revision.version),
        sealed(registration, "registration-body", registration.id),
        .flag(registration.state.isLive), .count(Self.apart(in: registration).count),
        registration.idleColumn, .flag(registration.holds.contains(.protection)),
      ],
      orFind: .registration, .text(registration.id))
    try settleMembers(of: registration)
  }

  /// Brings the household's rows of `member` in line with the registration's state and the
  /// standing of each person (INV-8).
  func settleMembers(of registration: Registration) throws(StoreError) {
    let isLive = registration.state.isLive
    let apart = Self.apart(in: registration)
    let rows = try all(.membersOf, [.text(registration.id)]) { (row) throws(SQLFailure) in
      MemberRow(
        person: PersonID(checked: try row.text()), isLive: try row.flag(),
        isUnderReview: try row.flag())
    }
    let wanted = rows.map { row in
      MemberRow(person: row.person, isLive: isLive, isUnderReview: apart.contains(row.person))
    }
    // Those who give up a place go first, so that one of the same household may take it.
    for row in wanted where !rows.contains(row) && !row.counts { try store(row) }
    for row in wanted where !rows.contains(row) && row.counts { try store(row) }
  }

  /// The members who do not count because they await review.
  private static func apart(in registration: Registration) -> [PersonID] {
    registration.members.filter { $0.standing == .underReview }.map(\.person)
  }

  private func store(_ row: MemberRow) throws(StoreError) {
    try tell(.updateMember, [.text(row.person), .flag(row.isLive), .flag(row.isUnderReview)])
  }

  private func readRegistration(_ row: inout SQLRow) throws(SQLFailure) -> Registration {
    try unsealed(Registration.self, "registration-body", &row)
  }
}

/// Whether and how a person counts in a registration.
private struct MemberRow: Equatable {
  var person: PersonID
  var isLive: Bool
  var isUnderReview: Bool
  var counts: Bool { isLive && !isUnderReview }
}

extension SQLStatement {
  static let registration = SQLStatement(
    "SELECT uid, body FROM registration WHERE uid = $1")
  fileprivate static let registrationByReceipt = SQLStatement(
    "SELECT uid, body FROM registration WHERE receipt = $1")
  fileprivate static let liveRegistration = SQLStatement(
    """
    SELECT uid, body FROM registration WHERE uid = (SELECT registration_id FROM member
      WHERE program_id = $1 AND cluster_id = $2 AND live = 1 AND under_review = 0)
    """)
  static let caseKey = SQLStatement(
    "SELECT case_key FROM registration WHERE uid = $1")
  fileprivate static let insertRegistration = SQLStatement(
    """
    INSERT INTO registration(
      uid, program_id, window_id, receipt, state, live, members_apart, list_us, case_key, version,
      body, idle_us, owner_partner, owner_user, protected)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """)
  fileprivate static let updateRegistration = SQLStatement(
    """
    UPDATE registration SET window_id = $3, state = $4, list_us = $5, version = $6, body = $7,
      live = $8, members_apart = $9, idle_us = $10, protected = $11
    WHERE uid = $1 AND version = $2
    """)
  fileprivate static let membersOf = SQLStatement(
    "SELECT person_id, live, under_review FROM member WHERE registration_id = $1")
  fileprivate static let updateMember = SQLStatement(
    "UPDATE member SET live = $2, under_review = $3 WHERE person_id = $1")
}
