/// A person of a registration.
public struct Person: Hashable, Sendable, Codable {
  /// The person's id.
  public var id: PersonID
  /// The registration the person belongs to.
  public var registration: RegistrationID
  /// The cluster of records of this human being: the own id until records are merged.
  public var cluster: PersonID
  /// The full name as written.
  public var fullName: String
  /// The name taken apart, as far as known.
  public var nameParts: [NamePart]
  /// How the name is built.
  public var nameSystem: NameSystem
  /// The birth date, as far as known.
  public var birthDate: CivilDate?
  /// Whether the year itself is only an estimate.
  public var isBirthDateEstimated: Bool
  /// The birth date, unless its year is an estimate: by which somebody may be told that they are too old or young.
  public var certainBirthDate: CivilDate? { isBirthDateEstimated ? nil : birthDate }
  /// The sex as in the document; unset when not asked.
  public var sex: Sex?
  /// The gender in the person's own words.
  public var genderText: String?
  /// The nationalities; may be empty for a stateless person.
  public var nationalities: [RegionCode]
  /// ICAO's mark in place of a nationality.
  public var icaoStatus: IcaoStatus?
  /// The telephone.
  public var phone: PhoneNumber?
  /// The e-mail address.
  public var email: EmailAddress?
  /// The guardian of a minor.
  public var guardian: PersonID?
  /// The parents, as far as they are of the same registration.
  @AddedLater public var parents: [PersonID]
  /// The spouse, of the same registration.
  public var spouse: PersonID?
  /// What the person can do, and when.
  public var work: WorkFacts?
  /// The digest of the photograph.
  public var photoDigest: Digest?
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: PersonID, registration: RegistrationID, cluster: PersonID, fullName: String,
    nameParts: [NamePart] = [], nameSystem: NameSystem, birthDate: CivilDate? = nil,
    isBirthDateEstimated: Bool = false, sex: Sex? = nil, genderText: String? = nil,
    nationalities: [RegionCode] = [], icaoStatus: IcaoStatus? = nil, phone: PhoneNumber? = nil,
    email: EmailAddress? = nil, guardian: PersonID? = nil, parents: [PersonID] = [],
    spouse: PersonID? = nil, work: WorkFacts? = nil, photoDigest: Digest? = nil,
    revision: Revision
  ) {
    self.id = id
    self.registration = registration
    self.cluster = cluster
    self.fullName = fullName
    self.nameParts = nameParts
    self.nameSystem = nameSystem
    self.birthDate = birthDate
    self.isBirthDateEstimated = isBirthDateEstimated
    self.sex = sex
    self.genderText = genderText
    self.nationalities = nationalities
    self.icaoStatus = icaoStatus
    self.phone = phone
    self.email = email
    self.guardian = guardian
    self.parents = parents
    self.spouse = spouse
    self.work = work
    self.photoDigest = photoDigest
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

/// A piece of a name.
public struct NamePart: Hashable, Sendable, Codable {
  /// The text as written.
  public var text: String
  /// What it is.
  public var kind: NamePartKind

  /// Every field as given; nothing is checked here.
  public init(text: String, kind: NamePartKind) {
    self.text = text
    self.kind = kind
  }
}

/// What a piece of a name is. In Huehuetenango given names serve as surnames, so that
/// ``unspecified`` is an honest answer and never a defect.
///
/// Open: a number that only a later version of the contract knows is kept and given back, because
/// nothing is judged by it.
public struct NamePartKind: RawRepresentable, Hashable, Codable, Sendable {
  /// The contract's number.
  public let rawValue: Int

  /// Any number at all.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  public static let unspecified = NamePartKind(rawValue: 0)
  public static let given = NamePartKind(rawValue: 1)
  public static let paternal = NamePartKind(rawValue: 2)
  public static let maternal = NamePartKind(rawValue: 3)
  public static let married = NamePartKind(rawValue: 4)
}

/// How a name is built; open as ``NamePartKind`` is.
public struct NameSystem: RawRepresentable, Hashable, Codable, Sendable {
  /// The contract's number.
  public let rawValue: Int

  /// Any number at all.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// Given names, father's surname, mother's surname.
  public static let twoSurnames = NameSystem(rawValue: 1)
  /// Given names only, of which the last may be the father's.
  public static let givenSequence = NameSystem(rawValue: 2)
  /// A single name.
  public static let single = NameSystem(rawValue: 3)
  /// None of these.
  public static let other = NameSystem(rawValue: 4)
}

/// The sex as ICAO 9303 writes it; X is a statement, unset is none.
public enum Sex: Int, CaseIterable, Codable, Sendable {
  case female = 1
  case male = 2
  case x = 3
}
