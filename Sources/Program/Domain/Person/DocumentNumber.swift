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

extension MachineReadableZone {
  /// A zone that is read for its number: no date in it is looked at, so that any day will do as today.
  fileprivate init?(number lines: [String]) {
    guard !lines.isEmpty, let day = CivilDate(year: 2000, month: 1, day: 1) else { return nil }
    self.init(lines: lines, today: day)
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

  /// What the machine-readable zone says that the document is known by, where its check digit agrees: it
  /// may be right where the typed one is not. Of the zone of a DPI nothing, since the CUI is not its
  /// number; nil also where nobody says whose it is.
  public var zoneNumber: DocumentNumber? {
    guard [.passport, .foreignId].contains(kind), let zone = MachineReadableZone(number: mrzLines),
      zone.isDocumentNumberChecked
    else { return nil }
    return (RegionCode(alpha3: zone.issuer) ?? issuingRegion)
      .flatMap { DocumentNumber(kind, $0, zone.documentNumber) }
  }

  /// Everything that the document is known by.
  public var numbers: Set<DocumentNumber> { Set([typedNumber, zoneNumber].compactMap { $0 }) }

  /// Whether both have a number of the same kind and issuer in common.
  func hasNumber(of other: IdentityDocument) -> Bool { !numbers.isDisjoint(with: other.numbers) }
}
