/// A person's consent to one purpose of one recipient.
public struct Consent: Hashable, Sendable, Codable {
  /// Its id.
  public var id: ConsentID
  /// The registration of the person.
  public var registration: RegistrationID
  /// Whose data.
  public var person: PersonID
  /// Who consents: the person, or the guardian.
  public var grantor: PersonID
  /// Who may receive.
  public var recipient: PartnerID
  /// For what.
  public var purpose: Purpose
  /// Which classes of data.
  public var dataClasses: DataClassSet
  /// The version of the text shown or read out.
  public var textVersion: String
  /// Its language.
  public var textLanguage: LanguageTag
  /// SHA-256 of the text as shown.
  public var textDigest: Digest
  /// How it was given.
  public var method: ConsentMethod
  /// The witness; one, or an interpreter, is needed unless given by click.
  public var witness: String?
  /// The interpreter.
  public var interpreter: String?
  /// The first instant it holds; set by the grant.
  public var grantTime: Instant?
  /// The first instant it no longer holds (half-open); `nil` without an end.
  public var expireTime: Instant?
  /// When it was withdrawn.
  public var withdrawTime: Instant?
  /// Where it stands.
  public var state: ConsentState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ConsentID, registration: RegistrationID, person: PersonID, grantor: PersonID,
    recipient: PartnerID, purpose: Purpose, dataClasses: DataClassSet, textVersion: String,
    textLanguage: LanguageTag, textDigest: Digest, method: ConsentMethod, witness: String? = nil,
    interpreter: String? = nil, grantTime: Instant? = nil, expireTime: Instant? = nil,
    withdrawTime: Instant? = nil, state: ConsentState, revision: Revision
  ) {
    self.id = id
    self.registration = registration
    self.person = person
    self.grantor = grantor
    self.recipient = recipient
    self.purpose = purpose
    self.dataClasses = dataClasses
    self.textVersion = textVersion
    self.textLanguage = textLanguage
    self.textDigest = textDigest
    self.method = method
    self.witness = witness
    self.interpreter = interpreter
    self.grantTime = grantTime
    self.expireTime = expireTime
    self.withdrawTime = withdrawTime
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// Whether it holds at `now`: ACTIVE by state and by the clock.
  public func isActive(at now: Instant) -> Bool {
    guard state == .active, let grantTime, grantTime <= now else { return false }
    return expireTime.map { now < $0 } ?? true
  }
}

/// How a consent was given.
public enum ConsentMethod: Int, CaseIterable, Codable, Sendable {
  case signed = 1
  case recordedVerbal = 2
  case click = 3
}

/// The states of a consent.
public enum ConsentState: Int, CaseIterable, Codable, Sendable {
  case proposed = 1
  case active = 2
  case withdrawn = 3
  case expired = 4
  case superseded = 5
}
