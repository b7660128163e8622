/// A Safe Mobility Office.
public struct Office: Hashable, Sendable, Codable {
  /// Its id.
  public var id: OfficeID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// The program it works for.
  public var program: ProgramID
  /// Who runs it.
  public var organisation: PartnerID
  /// The name people read.
  public var displayName: String
  /// The country.
  public var region: RegionCode
  /// ISO 3166-2 code of the department: `GT-09`.
  public var subdivision: String
  /// UN/LOCODE, `nil` until checked; many towns have none.
  public var locode: String?
  /// The zone its times are shown in.
  public var zone: FixedZone
  /// Whether the premises are confirmed; until then the address is shown to nobody.
  public var isConfirmed: Bool
  /// The street address; shown to an applicant only with a confirmed appointment.
  public var addressLines: [String]
  /// What helps people in.
  public var accessibility: [AccessibilityFeature]
  /// The languages spoken.
  public var languages: [LanguageTag]
  /// The code by which anybody can check that the office is genuine.
  public var verificationCode: String
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: OfficeID, uid: ResourceUID, program: ProgramID, organisation: PartnerID,
    displayName: String, region: RegionCode, subdivision: String, locode: String? = nil,
    zone: FixedZone, isConfirmed: Bool = false, addressLines: [String] = [],
    accessibility: [AccessibilityFeature] = [], languages: [LanguageTag], verificationCode: String,
    revision: Revision
  ) {
    self.id = id
    self.uid = uid
    self.program = program
    self.organisation = organisation
    self.displayName = displayName
    self.region = region
    self.subdivision = subdivision
    self.locode = locode
    self.zone = zone
    self.isConfirmed = isConfirmed
    self.addressLines = addressLines
    self.accessibility = accessibility
    self.languages = languages
    self.verificationCode = verificationCode
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }
}

/// A service an office offers by appointment. (Not to be confused with an RPC service.)
public struct ServiceOffer: Hashable, Sendable, Codable {
  /// Its id, inside the office.
  public var id: ServiceOfferID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// What it is.
  public var kind: ServiceKind
  /// The names people read, one per language.
  public var displayNames: [LocalizedText]
  /// Where it happens.
  public var mode: ServiceMode
  /// How long an appointment lasts, in minutes, 5 … 480.
  public var durationMinutes: Int
  /// The documents to bring.
  public var documents: [DocumentKind]
  /// How many people one appointment takes, 1 or more.
  public var partyCountMax: Int
  /// The least time between booking and start, in minutes.
  public var leadTimeMinutes: Int
  /// How long after the end somebody still counts as late, in minutes.
  public var noShowGraceMinutes: Int
  /// Whether a no-show goes back to the queue.
  public var requeuesNoShow: Bool
  /// The states in which a registration may book it.
  public var bookableStates: [RegistrationState]
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ServiceOfferID, uid: ResourceUID, kind: ServiceKind, displayNames: [LocalizedText] = [],
    mode: ServiceMode, durationMinutes: Int, documents: [DocumentKind] = [], partyCountMax: Int,
    leadTimeMinutes: Int, noShowGraceMinutes: Int = 30, requeuesNoShow: Bool = true,
    bookableStates: [RegistrationState], revision: Revision
  ) {
    self.id = id
    self.uid = uid
    self.kind = kind
    self.displayNames = displayNames
    self.mode = mode
    self.durationMinutes = durationMinutes
    self.documents = documents
    self.partyCountMax = partyCountMax
    self.leadTimeMinutes = leadTimeMinutes
    self.noShowGraceMinutes = noShowGraceMinutes
    self.requeuesNoShow = requeuesNoShow
    self.bookableStates = bookableStates
    self.revision = revision
  }

  /// The office that offers it.
  public var office: OfficeID { id.office }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }
}

/// What a service is.
public enum ServiceKind: Int, CaseIterable, Codable, Sendable {
  case preScreen = 1
  case interview = 2
  case documentCheck = 3
  case counselling = 4
  case labourIntake = 5
}

/// Where a service happens.
public enum ServiceMode: Int, CaseIterable, Codable, Sendable {
  case inPerson = 1
  case phone = 2
  case video = 3
}

/// What helps people into an office.
public enum AccessibilityFeature: Int, CaseIterable, Codable, Sendable {
  case stepFree = 1
  case signLanguage = 2
  case childSpace = 3
  case privateRoom = 4
  case accessibleToilet = 5
}

/// A text in one language.
public struct LocalizedText: Hashable, Sendable, Codable {
  /// The language.
  public var language: LanguageTag
  /// The text.
  public var text: String

  /// Every field as given; nothing is checked here.
  public init(language: LanguageTag, text: String) {
    self.language = language
    self.text = text
  }
}
