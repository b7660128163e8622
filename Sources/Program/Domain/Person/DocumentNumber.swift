/// What a document is known by among all others: the same for two records of one document, however
/// its number was typed.
public struct DocumentNumber: Hashable, Sendable {
  /// The kind of the document.
  public let kind: DocumentKind
  /// Who issued it: two countries give the same numbers.
  public let issuer: RegionCode
  /// The number without what only separates.
  public let number: String

  /// Nil where nothing is left of the number.
  init?(_ kind: DocumentKind, _ issuer: RegionCode, _ number: String) {
    guard !number.isEmpty else { return nil }
    (self.kind, self.issuer, self.number) = (kind, issuer, number)
  }
}

extension IdentityDocument {
  /// What the document is known by; nil where what was typed is known to be no number, or nobody knows
  /// whose: a DPI's that is no CUI, one without an issuer, and what stands for a document that there is
  /// not. Whoever writes "none" there would be one with all others who do.
  public var typedNumber: DocumentNumber? {
    switch kind {
    case .none: return nil
    case .dpi:
      // A DPI is Guatemala's whether the form says so or not.
      guard let cui = Cui(rawValue: plainNumber) else { return nil }
      return DocumentNumber(kind, .guatemala, cui.rawValue)
    case .passport, .birthCertificate, .foreignId, .unhcrId:
      return issuingRegion.flatMap { DocumentNumber(kind, $0, plainNumber) }
    }
  }

  /// Whether both have the same number of the same kind and issuer.
  func hasNumber(of other: IdentityDocument) -> Bool {
    guard let typedNumber else { return false }
    return typedNumber == other.typedNumber
  }
}
