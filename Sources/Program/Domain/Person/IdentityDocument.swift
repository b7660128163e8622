/// A document that says who somebody is.
public struct IdentityDocument: Hashable, Sendable, Codable {
  /// Its id.
  public var id: DocumentID
  /// Whose it is.
  public var person: PersonID
  /// What it is.
  public var kind: DocumentKind
  /// Who issued it.
  public var issuingRegion: RegionCode?
  /// The number as printed; encrypted at rest.
  public var number: String
  /// The keyed blind index of the number, for equality searches over encrypted numbers.
  public var numberIndex: Digest?
  /// When it was issued.
  public var issueDate: CivilDate?
  /// The last day it is valid.
  public var expiryDate: CivilDate?
  /// The lines of the machine-readable zone, verbatim; empty when there is none.
  public var mrzLines: [String]
  /// Whether every check digit of the zone is right; `nil` without a zone.
  public var mrzChecksPass: Bool?
  /// Who compared it with the original.
  public var verifiedBy: Actor?
  /// When.
  public var verifyTime: Instant?
  /// The digest of its image.
  public var imageDigest: Digest?
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: DocumentID, person: PersonID, kind: DocumentKind, issuingRegion: RegionCode? = nil,
    number: String, numberIndex: Digest? = nil, issueDate: CivilDate? = nil,
    expiryDate: CivilDate? = nil, mrzLines: [String] = [], mrzChecksPass: Bool? = nil,
    verifiedBy: Actor? = nil, verifyTime: Instant? = nil, imageDigest: Digest? = nil,
    revision: Revision
  ) {
    self.id = id
    self.person = person
    self.kind = kind
    self.issuingRegion = issuingRegion
    self.number = number
    self.numberIndex = numberIndex
    self.issueDate = issueDate
    self.expiryDate = expiryDate
    self.mrzLines = mrzLines
    self.mrzChecksPass = mrzChecksPass
    self.verifiedBy = verifiedBy
    self.verifyTime = verifyTime
    self.imageDigest = imageDigest
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

/// The kinds of documents.
public enum DocumentKind: Int, CaseIterable, Codable, Sendable {
  /// Guatemala's identity card; its number is a CUI.
  case dpi = 1
  case passport = 2
  case birthCertificate = 3
  case foreignId = 4
  case unhcrId = 5
  /// The person states that there is no document.
  case none = 6
}
