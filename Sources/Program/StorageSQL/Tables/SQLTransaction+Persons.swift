import Domain
import Storage

extension SQLTransaction {
  func person(_ id: PersonID) throws -> Person? {
    try first(.person, [.text(id)], readPerson)
  }

  func persons(of registration: RegistrationID) throws -> [Person] {
    try all(.personsOf, [.text(registration)], readPerson)
  }

  func personKey(of person: PersonID) throws -> [UInt8]? {
    try first(.personKey, [.text(person)]) { (row) throws(SQLFailure) in
      try row.bytesIfPresent().map { sealed throws(SQLFailure) in
        try Body.open(sealed, "person/\(person)", environment.vault)
      }
    } ?? nil
  }

  func insert(_ person: Person, key: [UInt8]) throws {
    try tell(
      .insertPerson,
      [
        .text(person.id), .text(person.registration), .text(person.cluster),
        .bytes(environment.vault.seal(key, "person/\(person.id)")),
        .version(person.revision.version), sealed(person, "person-body", person.id),
      ])
    try tell(
      .insertMember, [.text(person.id), .text(person.registration), .text(person.cluster)])
    try settleMembers(around: person)
  }

  func update(_ person: Person, from version: Version) throws {
    try changeOne(
      .updatePerson,
      [
        .text(person.id), .version(version), .text(person.cluster),
        .version(person.revision.version), sealed(person, "person-body", person.id),
      ],
      orFind: .person, .text(person.id))
    try tell(.updateCluster, [.text(person.id), .text(person.cluster)])
  }

  /// The row just inserted counts when its registration is live; only where some members stand
  /// apart must the registration be read to see whether this person is one of them.
  private func settleMembers(around person: Person) throws {
    let apart = try first(.membersApart, [.text(person.registration)]) {
      (row) throws(SQLFailure) in try row.count()
    }
    guard apart != 0, let registration = try registration(person.registration) else { return }
    try settleMembers(of: registration)
  }

  func remove(_ person: PersonID, from version: Version) throws {
    let values: [SQLValue] = [.text(person)]
    let stored = try first(.personVersion, values) { (row) throws(SQLFailure) in
      try row.version()
    }
    guard let stored else { throw StoreError.notFound }
    guard stored == version else { throw StoreError.versionMismatch }
    try tell(.removeConsents, values)
    try tell(.removeDocuments, values)
    try tell(.removeMember, values)
    try removeMatches(of: person)
    try tell(.removePerson, values)
  }

  private func readPerson(_ row: inout SQLRow) throws(SQLFailure) -> Person {
    try unsealed(Person.self, "person-body", &row)
  }

  // MARK: Documents

  func document(_ id: DocumentID) throws -> IdentityDocument? {
    try first(.document, [.text(id)], readDocument)
  }

  func documents(of person: PersonID) throws -> [IdentityDocument] {
    try all(.documentsOf, [.text(person)], readDocument)
  }

  func holders(ofNumber index: Digest, in program: ProgramID) throws -> [Person] {
    // Of two who bring the same number the second must see the first.
    try pass("document/\(index)")
    return try all(.holdersOfNumber, [.digest(index), .text(program)], readPerson)
  }

  func insert(_ document: IdentityDocument) throws {
    try tell(
      .insertDocument,
      [
        .text(document.id), .text(document.person), .digest(document.numberIndex),
        .version(document.revision.version), sealed(document, "document", document.id),
      ])
  }

  func update(_ document: IdentityDocument, from version: Version) throws {
    try changeOne(
      .updateDocument,
      [
        .text(document.id), .version(version), .digest(document.numberIndex),
        .version(document.revision.version), sealed(document, "document", document.id),
      ],
      orFind: .document, .text(document.id))
  }

  private func readDocument(_ row: inout SQLRow) throws(SQLFailure) -> IdentityDocument {
    try unsealed(IdentityDocument.self, "document", &row)
  }
}

extension SQLStatement {
  fileprivate static let person = SQLStatement("SELECT uid, body FROM person WHERE uid = $1")
  static let personsOf = SQLStatement(
    "SELECT uid, body FROM person WHERE registration_id = $1 ORDER BY uid")
  fileprivate static let personKey = SQLStatement(
    "SELECT person_key FROM person WHERE uid = $1")
  fileprivate static let personVersion = SQLStatement(
    "SELECT version FROM person WHERE uid = $1")
  fileprivate static let insertPerson = SQLStatement(
    """
    INSERT INTO person(uid, registration_id, cluster_id, person_key, version, body)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
  fileprivate static let updatePerson = SQLStatement(
    """
    UPDATE person SET cluster_id = $3, version = $4, body = $5 WHERE uid = $1 AND version = $2
    """)
  fileprivate static let removePerson = SQLStatement("DELETE FROM person WHERE uid = $1")
  fileprivate static let insertMember = SQLStatement(
    """
    INSERT INTO member(person_id, registration_id, program_id, cluster_id, live, under_review)
    SELECT $1, uid, program_id, $3, live, CASE WHEN members_apart > 0 THEN 1 ELSE 0 END
    FROM registration WHERE uid = $2
    """)
  fileprivate static let membersApart = SQLStatement(
    "SELECT members_apart FROM registration WHERE uid = $1")
  fileprivate static let updateCluster = SQLStatement(
    "UPDATE member SET cluster_id = $2 WHERE person_id = $1 AND cluster_id <> $2")
  fileprivate static let removeMember = SQLStatement("DELETE FROM member WHERE person_id = $1")
  fileprivate static let removeConsents = SQLStatement(
    "DELETE FROM consent WHERE person_id = $1")
  fileprivate static let removeDocuments = SQLStatement(
    "DELETE FROM document WHERE person_id = $1")
  fileprivate static let document = SQLStatement(
    "SELECT uid, body FROM document WHERE uid = $1")
  static let documentsOf = SQLStatement(
    "SELECT uid, body FROM document WHERE person_id = $1 ORDER BY uid")
  fileprivate static let holdersOfNumber = SQLStatement(
    """
    SELECT uid, body FROM person WHERE uid IN (SELECT DISTINCT person.uid FROM document
        JOIN person ON person.uid = document.person_id
        JOIN registration ON registration.uid = person.registration_id
      WHERE document.number_index = $1 AND registration.program_id = $2
        AND registration.live = 1 AND registration.state <> 1
      ORDER BY person.uid LIMIT 100)
    ORDER BY uid
    """)
  fileprivate static let insertDocument = SQLStatement(
    """
    INSERT INTO document(uid, person_id, number_index, version, body) VALUES ($1, $2, $3, $4, $5)
    """)
  fileprivate static let updateDocument = SQLStatement(
    """
    UPDATE document SET number_index = $3, version = $4, body = $5 WHERE uid = $1 AND version = $2
    """)
}
