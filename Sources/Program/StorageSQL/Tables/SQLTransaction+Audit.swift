import Domain
import Storage

extension SQLTransaction {
  func auditLogSize() throws -> Int64 {
    try first(.logSize, []) { (row) throws(SQLFailure) in try row.integer() } ?? 0
  }

  func auditEntries(from position: Int64, limit: Int) throws -> Page<SequencedEntry> {
    let found = try all(
      .entriesFrom, [.integer(position), .count(limit + 1)], readSequencedEntry)
    return Page(found: found, limit: limit)
  }

  /// The same without whose cases they are about: who checks the log has no key.
  func loggedEntries(from position: Int64, limit: Int) throws -> Page<SequencedEntry> {
    let found = try all(.entriesFrom, [.integer(position), .count(limit + 1)]) {
      (row) throws(SQLFailure) in
      let entry = try Self.readEntry(&row)
      _ = row.bytesIfPresent()
      return try Self.sequenced(entry, &row)
    }
    return Page(found: found, limit: limit)
  }

  func auditEntry(_ id: AuditEntryID) throws -> SequencedEntry? {
    try first(.entry, [.text(id)], readSequencedEntry)
  }

  func auditEntries(
    ofCase pseudonym: Digest, before position: Int64?, limit: Int
  ) throws -> Page<SequencedEntry> {
    let found = try all(
      .entriesOfCase, [.digest(pseudonym), .integer(position ?? .max), .count(limit + 1)],
      readSequencedEntry)
    return Page(found: found, limit: limit)
  }

  func append(_ entry: AuditEntry, digest: Digest) throws {
    try tell(.insertEntry, values(of: entry) + [sealed(entry.subject, of: entry.id)])
    try sequence(entry.id, digest: digest)
  }

  private func sealed(_ subject: AuditSubject?, of entry: AuditEntryID) -> SQLValue {
    guard let subject else { return .null }
    let text = "\(subject.registration) \(subject.referral?.rawValue ?? "")"
    return .bytes(environment.vault.seal(Array(text.utf8), Self.place(entry)))
  }

  private static func place(_ entry: AuditEntryID) -> String { "audit/\(entry)" }

  private func opened(
    _ sealed: [UInt8]?, of entry: AuditEntryID
  ) throws(SQLFailure) -> AuditSubject? {
    guard let sealed else { return nil }
    let bytes = try Body.open(sealed, Self.place(entry), environment.vault)
    let ids = String(decoding: bytes, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard ids.count == 2, let registration = RegistrationID(rawValue: String(ids[0])) else {
      throw .unreadableRow("subject")
    }
    return AuditSubject(
      registration: registration, referral: ReferralID(rawValue: String(ids[1])))
  }

  private func values(of entry: AuditEntry) -> [SQLValue] {
    [
      .text(entry.id), .text(entry.log), .instant(entry.eventTime), .text(entry.partner),
      .text(entry.agency), .code(entry.role), .digest(entry.userPseudonym),
      .code(entry.purpose), .digest(entry.casePseudonym), .text(entry.method),
      .code(entry.verdict), .text(entry.policyVersion), .digest(entry.requestCommitment),
      .digest(entry.responseCommitment), .text(entry.profile), .bytes(entry.releasedFields),
      .digest(entry.releaseCommitment), .count(entry.stateBefore),
      .version(entry.versionBefore), .count(entry.stateAfter), .version(entry.versionAfter),
      .text(entry.internalReason),
    ]
  }

  private func readSequencedEntry(
    _ row: inout SQLRow
  ) throws(SQLFailure) -> SequencedEntry {
    var entry = try Self.readEntry(&row)
    entry.subject = try opened(row.bytesIfPresent(), of: entry.id)
    return try Self.sequenced(entry, &row)
  }

  private static func sequenced(
    _ entry: AuditEntry, _ row: inout SQLRow
  ) throws(SQLFailure) -> SequencedEntry {
    let leaf = AuditLeaf(
      position: try row.integer(), sequencedTime: try row.instant(), entry: entry.id,
      entryDigest: try row.digest(), leafHash: try row.digest())
    return SequencedEntry(entry: entry, leaf: leaf)
  }

  private static func readEntry(_ row: inout SQLRow) throws(SQLFailure) -> AuditEntry {
    let id = AuditEntryID(checked: try row.text())
    return AuditEntry(
      log: try row.text(), id: id, eventTime: try row.instant(),
      partner: row.textIfPresent().map(PartnerID.init(checked:)), agency: row.textIfPresent(),
      role: try row.code(Role.self), userPseudonym: try row.digestIfPresent(),
      purpose: try row.codeIfPresent(Purpose.self), casePseudonym: try row.digestIfPresent(),
      method: try row.text(), verdict: try row.code(AuditVerdict.self),
      policyVersion: try row.text(), requestCommitment: try row.digest(),
      responseCommitment: try row.digestIfPresent(), profile: row.textIfPresent(),
      releasedFields: row.bytesIfPresent(), releaseCommitment: try row.digestIfPresent(),
      stateBefore: row.integerIfPresent().map { Int($0) },
      versionBefore: row.integerIfPresent().flatMap { Version(rawValue: $0) },
      stateAfter: row.integerIfPresent().map { Int($0) },
      versionAfter: row.integerIfPresent().flatMap { Version(rawValue: $0) },
      internalReason: row.textIfPresent())
  }
}

private let entryColumns =
  """
  uid, log, event_us, partner, agency, role, user_pseudonym, purpose, case_pseudonym, method, \
  verdict, policy_version, request_commitment, response_commitment, profile, released_fields, \
  release_commitment, state_before, version_before, state_after, version_after, internal_reason
  """

private let sequencedEntries =
  """
  SELECT \(entryColumns), subject, log_position, sequenced_us, entry_digest, leaf_hash
  FROM audit_leaf JOIN audit_entry ON audit_entry.uid = audit_leaf.entry_uid
  """

extension SQLStatement {
  fileprivate static let logSize = SQLStatement(
    "SELECT last + 1 FROM sequence WHERE name = 'audit'")
  fileprivate static let entriesFrom = SQLStatement(
    "\(sequencedEntries) WHERE log_position >= $1 ORDER BY log_position LIMIT $2")
  fileprivate static let entry = SQLStatement("\(sequencedEntries) WHERE entry_uid = $1")
  fileprivate static let entriesOfCase = SQLStatement(
    """
    \(sequencedEntries) WHERE case_pseudonym = $1 AND +log_position < $2
    ORDER BY +log_position DESC LIMIT $3
    """)
  fileprivate static let insertEntry = SQLStatement(
    """
    INSERT INTO audit_entry(\(entryColumns), subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
      $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    """)
}
