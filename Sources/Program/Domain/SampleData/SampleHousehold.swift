/// A synthetic household, ready to be registered.
public struct SampleHousehold: Hashable, Sendable {
  /// What kind of household.
  public var kind: Kind
  /// The registration, a DRAFT.
  public var registration: Registration
  /// The persons, the principal first.
  public var persons: [Person]
  /// Their documents.
  public var documents: [IdentityDocument]
  /// The person this household's principal really is, when it is a planted duplicate.
  public var duplicateOf: PersonID?

  /// Every field as given; nothing is checked here.
  public init(
    kind: Kind, registration: Registration, persons: [Person], documents: [IdentityDocument],
    duplicateOf: PersonID? = nil
  ) {
    self.kind = kind
    self.registration = registration
    self.persons = persons
    self.documents = documents
    self.duplicateOf = duplicateOf
  }

  /// The kinds of households there are.
  public enum Kind: String, CaseIterable, Sendable {
    case single
    case couple
    case parentWithChildren
    case stepAndAdopted
    case grandparentWithMinor
    case threeGenerations
    case twins
    case guardian
    case eight

    /// How often, in a hundred.
    var weight: Int {
      switch self {
      case .single: 34
      case .couple: 16
      case .parentWithChildren: 20
      case .stepAndAdopted: 6
      case .grandparentWithMinor: 5
      case .threeGenerations: 8
      case .twins: 4
      case .guardian: 4
      case .eight: 3
      }
    }
  }
}
