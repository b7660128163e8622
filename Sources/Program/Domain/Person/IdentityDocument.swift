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
  /// What is odd about it. A warning never refuses: tables are stale, and printers err.
  public var warnings: [DocumentWarning]
  /// What a comparison with the original showed; `nil` before.
  public var verification: DocumentVerification?
  /// The digest of its image.
  public var imageDigest: Digest?
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: DocumentID, person: PersonID, kind: DocumentKind, issuingRegion: RegionCode? = nil,
    number: String, numberIndex: Digest? = nil, issueDate: CivilDate? = nil,
    expiryDate: CivilDate? = nil, mrzLines: [String] = [], warnings: [DocumentWarning] = [],
    verification: DocumentVerification? = nil, imageDigest: Digest? = nil, revision: Revision
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
    self.warnings = warnings
    self.verification = verification
    self.imageDigest = imageDigest
    self.revision = revision
  }

  /// The number without what only separates: A … Z and 0 … 9, equal however it was typed.
  public var plainNumber: String {
    NameFolding.fold(number).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
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

/// What is odd about a document.
public enum DocumentWarning: Int, CaseIterable, Codable, Sendable {
  /// The check digit of the CUI is wrong.
  case cuiCheckFailed = 1
  /// The check of the CUI comes to 10, for which issuers are said to print 0 or nothing.
  case cuiCheckAmbiguous = 2
  /// The CUI names a department or municipality not in the table.
  case cuiPlaceUnknown = 3
  /// A check digit of the machine-readable zone is wrong.
  case mrzCheckFailed = 4
  /// The zone says something else than the rest of the document.
  case mrzMismatch = 5
  /// It is no longer valid.
  case expired = 6
}

/// What a comparison with the original showed.
public struct DocumentVerification: Hashable, Sendable, Codable {
  /// What.
  public var outcome: VerificationOutcome
  /// Who looked.
  public var verifier: Actor
  /// When.
  public var verifyTime: Instant

  /// Every field as given; nothing is checked here.
  public init(outcome: VerificationOutcome, verifier: Actor, verifyTime: Instant) {
    self.outcome = outcome
    self.verifier = verifier
    self.verifyTime = verifyTime
  }
}

/// What a look at the original can show.
public enum VerificationOutcome: Int, CaseIterable, Codable, Sendable {
  case genuine = 1
  case doubtful = 2
  case notSeen = 3
}
