/// A Safe Mobility Office.
public struct Office: Hashable, Sendable, Codable {
  /// Its id.
  public var id: OfficeID
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
  /// The street address; shown to an applicant only with a confirmed appointment.
  public var address: String
  /// What helps people in: `STEP_FREE`, `SIGN_LANGUAGE`.
  public var accessibility: [String]
  /// The languages spoken.
  public var languages: [LanguageTag]
  /// The code by which anybody can check that the office is genuine.
  public var verificationCode: String
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: OfficeID, organisation: PartnerID, displayName: String, region: RegionCode,
    subdivision: String, locode: String? = nil, zone: FixedZone, address: String,
    accessibility: [String] = [], languages: [LanguageTag], verificationCode: String,
    revision: Revision
  ) {
    self.id = id
    self.organisation = organisation
    self.displayName = displayName
    self.region = region
    self.subdivision = subdivision
    self.locode = locode
    self.zone = zone
    self.address = address
    self.accessibility = accessibility
    self.languages = languages
    self.verificationCode = verificationCode
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

/// A service an office offers by appointment. (Not to be confused with an RPC service.)
public struct ServiceOffer: Hashable, Sendable, Codable {
  /// Its id, inside the office.
  public var id: ServiceOfferID
  /// What it is.
  public var kind: ServiceKind
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
  /// What a no-show costs.
  public var noShowPolicy: NoShowPolicy
  /// The states in which a registration may book it.
  public var bookableStates: [RegistrationState]
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ServiceOfferID, kind: ServiceKind, mode: ServiceMode, durationMinutes: Int,
    documents: [DocumentKind] = [], partyCountMax: Int, leadTimeMinutes: Int,
    noShowPolicy: NoShowPolicy, bookableStates: [RegistrationState], revision: Revision
  ) {
    self.id = id
    self.kind = kind
    self.mode = mode
    self.durationMinutes = durationMinutes
    self.documents = documents
    self.partyCountMax = partyCountMax
    self.leadTimeMinutes = leadTimeMinutes
    self.noShowPolicy = noShowPolicy
    self.bookableStates = bookableStates
    self.revision = revision
  }

  /// The office that offers it.
  public var office: OfficeID { id.office }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: "\(id.office):\(id.code)", version: revision.version) }
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

/// What a no-show costs.
public enum NoShowPolicy: Int, CaseIterable, Codable, Sendable {
  /// Back to the queue with the old rank.
  case keepRank = 1
  /// Back to the queue, last.
  case loseRank = 2
  /// Out of the queue until a supervisor excuses it.
  case suspend = 3
}
