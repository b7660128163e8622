import Domain
import Storage

extension SealedTable {
  /// Every table in which something is sealed, or found by what is made under the key. Places are those under which
  /// `Tables` seals; a test looks for anything that the old key still opens.
  static let all = [
    registrations, persons, documents, bodies("consent", "consent"),
    bodies("duplicate_candidate", "candidate"), bodies("pending_approval", "approval"), answers,
    entries, visits, bodies("referral", "referral"),
    bodies("decision", "decision", isAppendOnly: true),
  ]

  private static let registrations = SealedTable(
    "registration", sealed: [("body", .text), ("case_key", .bytes), ("owner_user", .text)]
  ) { (row, renewal) throws(SQLFailure) in
    let (id, body) = (try row[0].id, row[1])
    let place = "registration-body/\(id)"
    let owner = try renewal.record(Registration.self, body, place).owner
    return [
      try renewal.body(body, place), try renewal.bytes(row[2], "case/\(id)"),
      SQLTransaction.index(of: owner, in: renewal.change.new),
    ]
  }

  private static let persons = SealedTable(
    "person", sealed: [("body", .text), ("person_key", .bytes)]
  ) { (row, renewal) throws(SQLFailure) in
    let id = try row[0].id
    return [
      try renewal.body(row[1], "person-body/\(id)"), try renewal.bytes(row[2], "person/\(id)"),
    ]
  }

  private static let documents = SealedTable(
    "document", sealed: [("body", .text), ("number_index", .bytes)]
  ) { (row, renewal) throws(SQLFailure) in
    let place = "document/\(try row[0].id)"
    var document = try renewal.record(IdentityDocument.self, row[1], place)
    let index = renewal.change.numberIndex(document)
    // The index is in the body, too.
    if document.numberIndex == index, try renewal.body(row[1], place) == row[1] {
      return [row[1], .digest(index)]
    }
    document.numberIndex = index
    return [try Body.seal(document, place, renewal.change.new), .digest(index)]
  }

  private static let answers = SealedTable(
    "idempotency", key: ["partner", "method", "request_id"], sealed: [("response", .bytes)]
  ) { (row, renewal) throws(SQLFailure) in
    let place = "idempotency/\(try row[0].id)/\(try row[1].id)/\(try row[2].id)"
    return [try renewal.bytes(row[3], place)]
  }

  /// Whose case an entry is about is beside the entry and no part of what is logged: no hash changes.
  private static let entries = SealedTable(
    "audit_entry", sealed: [("subject", .bytes)], isAppendOnly: true
  ) { (row, renewal) throws(SQLFailure) in
    [try renewal.bytes(row[1], "audit/\(try row[0].id)")]
  }

  private static let visits = SealedTable(
    "appointment", sealed: [("visit_code", .text)]
  ) { (row, renewal) throws(SQLFailure) in
    [try renewal.body(row[1], "visit/\(try row[0].id)")]
  }

  private static func bodies(
    _ table: String, _ kind: String, isAppendOnly: Bool = false
  ) -> SealedTable {
    SealedTable(
      table, sealed: [("body", .text)], isAppendOnly: isAppendOnly
    ) { (row, renewal) throws(SQLFailure) in
      [try renewal.body(row[1], "\(kind)/\(try row[0].id)")]
    }
  }
}
