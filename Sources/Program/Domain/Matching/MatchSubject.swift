/// A person as matching sees it: the record, its documents, and who else is in the household.
public struct MatchSubject: Sendable {
  /// The person.
  public let person: Person
  /// The person's documents.
  public let documents: [IdentityDocument]
  let name: MatchName
  let companions: [Companion]

  /// Somebody else of the household.
  struct Companion: Hashable, Sendable {
    var name: MatchName
    var person: Person
  }

  /// - Parameter household: everybody of the registration, the person included or not
  public init(_ person: Person, documents: [IdentityDocument] = [], household: [Person] = []) {
    self.person = person
    self.documents = documents
    name = MatchName(person)
    companions = household.filter { $0.id != person.id }
      .map { Companion(name: MatchName($0), person: $0) }
  }

  /// The same with what only a closer look needs.
  public func with(documents: [IdentityDocument], household: [Person]) -> MatchSubject {
    MatchSubject(person, documents: documents, household: household)
  }
}

extension IdentityDocument {
  /// Whether the original was seen and found genuine.
  var isVerified: Bool { verification?.outcome == .genuine }
}
