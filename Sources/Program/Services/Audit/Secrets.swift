import Domain

/// The keys of one deployment that are kept outside its database: who has only the database cannot
/// try out numbers against it.
public struct Secrets: Sendable {
  /// How many bytes a key has.
  public static let keyLength = 32

  private let documentNumberKey: [UInt8]

  /// - Parameter documentNumberKey: 32 random bytes, the same for the life of the database
  /// - Returns: nil for a key of another length
  public init?(documentNumberKey: [UInt8]) {
    guard documentNumberKey.count == Self.keyLength else { return nil }
    self.documentNumberKey = documentNumberKey
  }

  /// The blind index of a document's number: equal for the same number of the same issuer and kind,
  /// however it was typed; nil for a document that has none.
  func index(of document: IdentityDocument) -> Digest? {
    let number = document.number.uppercased().filter { $0.isLetter || $0.isNumber }
    guard !number.isEmpty else { return nil }
    // A DPI is Guatemala's whether the form says so or not.
    let issuer = document.kind == .dpi ? "GT" : document.issuingRegion?.rawValue ?? ""
    let text = ["\(document.kind.rawValue)", issuer, number].joined(separator: "\u{0}")
    return Hash.commitment(to: Hash.sha256(text), key: documentNumberKey)
  }
}
