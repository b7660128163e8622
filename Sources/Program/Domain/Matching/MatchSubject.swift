/// A person as matching sees it: the record, its documents, and who else is in the household.
public struct MatchSubject: Sendable {
  /// The person.
  public let person: Person
  /// The person's documents.
  public let documents: [IdentityDocument]
  let name: MatchName
  let companions: [MatchHousehold.Companion]

  /// - Parameter household: everybody of the registration, the person included or not
  public init(
    _ person: Person, documents: [IdentityDocument] = [], household: MatchHousehold = .init([])
  ) {
    self.person = person
    self.documents = documents
    name = MatchName(person)
    companions = household.members.filter { $0.person.id != person.id }
  }
}

/// Everybody of a registration as matching sees them beside the one who is compared. Made once for
/// all of them: a household is compared with many.
public struct MatchHousehold: Sendable {
  let members: [Companion]

  /// Somebody of a household.
  struct Companion: Hashable, Sendable {
    var person: Person
    /// The sounds of the name in one order, married names aside; what is written otherwise is
    /// somebody else here, since a household's pairs are many.
    var sounds: String
  }

  /// The household of these persons.
  public init(_ persons: [Person]) {
    members = persons.map { person in
      Companion(
        person: person,
        sounds: MatchName(person).own.map(\.skeleton).sorted().joined(separator: " "))
    }
  }
}

extension IdentityDocument {
  /// Whether the original was seen and found genuine.
  var isVerified: Bool { verification?.outcome == .genuine }
}
