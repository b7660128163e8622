public import Domain

/// Reads persons and their documents.
public protocol PersonReader {
  /// The person of that id.
  func person(_ id: PersonID) throws -> Person?
  /// The persons of a registration, by id; a household is small.
  func persons(of registration: RegistrationID) throws -> [Person]
  /// The key under which the log knows this person; `nil` once erased (domain § 12).
  func personKey(of person: PersonID) throws -> [UInt8]?
  /// The document of that id.
  func document(_ id: DocumentID) throws -> IdentityDocument?
  /// The documents of a person, by id.
  func documents(of person: PersonID) throws -> [IdentityDocument]
  /// Who carries a document with this blind index in a registration of the program that was handed in
  /// and has not ended, by id: a hundred at most, since anybody can write down a number.
  func holders(ofNumber index: Digest, in program: ProgramID) throws -> [Person]
}

/// Changes persons and their documents.
public protocol PersonWriter {
  /// Adds a person to a registration that is stored already.
  /// - Parameter key: 32 random bytes, k_person.
  func insert(_ person: Person, key: [UInt8]) throws
  /// Replaces a person the caller read at `version`.
  func update(_ person: Person, from version: Version) throws
  /// Takes a person read at `version` out of a draft, with the documents, the consents, what
  /// is known of possible duplicates, and the keys.
  func remove(_ person: PersonID, from version: Version) throws
  /// Adds a document.
  func insert(_ document: IdentityDocument) throws
  /// Replaces a document the caller read at `version`.
  func update(_ document: IdentityDocument, from version: Version) throws
}
