/// One piece of evidence for or against a pair, without the values compared.
public struct DuplicateEvidence: Hashable, Sendable, Codable {
  /// What was compared.
  public var kind: Kind
  /// How alike, from 0 to 1.
  public var similarity: Double
  /// Its share in the score, in bits; negative speaks against.
  public var weight: Double

  /// Every field as given; nothing is checked here.
  public init(kind: Kind, similarity: Double, weight: Double) {
    self.kind = kind
    self.similarity = similarity
    self.weight = weight
  }

  /// What speaks for or against a pair. Codes as in the contract.
  public enum Kind: Int, CaseIterable, Codable, Sendable {
    case name = 1
    case birthDate = 2
    case phone = 3
    /// Numbers of identity documents, the CUI among them.
    case cui = 4
    case passport = 5
    case household = 6
    /// Looks like twins; caps the score.
    case twinPattern = 7
  }
}
