/// Who acts in a call, as authenticated by the caller's certificate and metadata.
public struct Actor: Hashable, Sendable, Codable {
  /// The partner whose certificate it is.
  public var partner: PartnerID
  /// The part of the partner that acts, where it has parts.
  public var agency: String?
  /// In what role.
  public var role: Role
  /// The partner's own, stable name for the person or system; `nil` when the partner does not say.
  public var user: String?

  /// Every field as given; nothing is checked here.
  public init(partner: PartnerID, agency: String? = nil, role: Role, user: String?) {
    self.partner = partner
    self.agency = agency
    self.role = role
    self.user = user
  }

  /// Whether both are known to be the same human being or system, whatever the role.
  public func isSamePerson(as other: Actor) -> Bool {
    partner == other.partner && user != nil && user == other.user
  }

  /// Whether both are known to be two: somebody whom a partner does not name may be anybody of it,
  /// and the role does not tell, because one person can have several.
  public func isAnotherPerson(than other: Actor) -> Bool {
    guard partner == other.partner else { return true }
    guard let user, let otherUser = other.user else { return false }
    return user != otherUser
  }
}

/// The roles the contract's methods are open to.
public enum Role: Int, CaseIterable, Codable, Sendable {
  case anonymous = 1
  case applicant = 2
  case contactCentre = 3
  case screener = 4
  case interviewer = 5
  case reviewer = 6
  case scheduler = 7
  case frontDesk = 8
  case caseworker = 9
  case supervisor = 10
  case partnerOfficer = 11
  case programAdmin = 12
  case dpo = 13
  case auditor = 14
  case reportReader = 15
  case system = 16

  /// The name in certificates, policies and the audit log: `FRONT_DESK`.
  public var name: String {
    switch self {
    case .anonymous: "ANONYMOUS"
    case .applicant: "APPLICANT"
    case .contactCentre: "CONTACT_CENTRE"
    case .screener: "SCREENER"
    case .interviewer: "INTERVIEWER"
    case .reviewer: "REVIEWER"
    case .scheduler: "SCHEDULER"
    case .frontDesk: "FRONT_DESK"
    case .caseworker: "CASEWORKER"
    case .supervisor: "SUPERVISOR"
    case .partnerOfficer: "PARTNER_OFFICER"
    case .programAdmin: "PROGRAM_ADMIN"
    case .dpo: "DPO"
    case .auditor: "AUDITOR"
    case .reportReader: "REPORT_READER"
    case .system: "SYSTEM"
    }
  }

  /// Whether a certificate can name it; the server itself, and who is not known, have none.
  public var isCertified: Bool { self != .system && self != .anonymous }

  /// The role of that name; `nil` for any other text.
  public init?(name: String) {
    guard let match = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }
}

/// What a call or a release is for; also what a consent is given for. Codes as in the contract.
public enum Purpose: Int, CaseIterable, Codable, Sendable {
  /// The programme's own work: registering, screening, interviewing, advising, booking.
  case processing = 1
  /// Consideration for admission as a refugee: United States, Canada, Spain.
  case resettlement = 2
  /// Reunification with relatives.
  case familyReunification = 3
  /// Temporary work in the United States, H-2A and H-2B.
  case h2Recruitment = 4
  /// Temporary work in Canada or Spain.
  case labourMobility = 5
  /// Passport services of the home country for persons found eligible.
  case passportServices = 6
  /// Regularisation, livelihoods and protection services where the person is.
  case localServices = 7
  /// Programmes, windows, offices, schedules, partners; no personal data.
  case programAdministration = 8
  /// Reading the audit log and checking its proofs.
  case oversight = 9
  /// Published statistics.
  case reporting = 10
  /// Answering a person's rights, and incidents.
  case dataProtection = 11

  /// The name in metadata and in policies: `H2_RECRUITMENT`.
  public var name: String {
    switch self {
    case .processing: "PROCESSING"
    case .resettlement: "RESETTLEMENT"
    case .familyReunification: "FAMILY_REUNIFICATION"
    case .h2Recruitment: "H2_RECRUITMENT"
    case .labourMobility: "LABOUR_MOBILITY"
    case .passportServices: "PASSPORT_SERVICES"
    case .localServices: "LOCAL_SERVICES"
    case .programAdministration: "PROGRAM_ADMINISTRATION"
    case .oversight: "OVERSIGHT"
    case .reporting: "REPORTING"
    case .dataProtection: "DATA_PROTECTION"
    }
  }

  /// Whether work for this purpose is work with people's data at all.
  public var concernsPeople: Bool {
    switch self {
    case .programAdministration, .oversight, .reporting: false
    case .processing, .resettlement, .familyReunification, .h2Recruitment, .labourMobility,
      .passportServices, .localServices, .dataProtection:
      true
    }
  }

  /// The purpose of that name; `nil` for any other text.
  public init?(name: String) {
    guard let match = Purpose.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }
}

/// The classes of data a field can belong to; a release profile names classes, never fields.
public enum DataClass: Int, CaseIterable, Codable, Sendable {
  case identity = 1
  case contact = 2
  case document = 3
  case protection = 4
  case health = 5
  case family = 6
  case employment = 7
  case biometric = 8
  case operational = 9
}

/// A set of data classes; bit n−1 of the raw value is the class with code n.
public struct DataClassSet: OptionSet, Hashable, Sendable, Codable {
  /// Stored as is.
  public let rawValue: Int

  /// Unknown bits are kept.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The set of the classes given.
  public init(classes: [DataClass]) {
    rawValue = classes.reduce(0) { $0 | 1 << ($1.rawValue - 1) }
  }

  /// The set of a bitmap; bits behind the first two bytes are of no class.
  public init(bitmap: [UInt8]) {
    rawValue = zip(bitmap, [0, 8]).reduce(0) { $0 | Int($1.0) << $1.1 }
  }

  /// One bit for each class, the class with code 1 first: what the log keeps of a release beside its digest.
  public var bitmap: [UInt8] {
    [UInt8(truncatingIfNeeded: rawValue), UInt8(truncatingIfNeeded: rawValue >> 8)]
  }

  /// The classes in the set, by code.
  public var classes: [DataClass] { DataClass.allCases.filter { contains($0) } }

  /// Whether a class is in the set.
  public func contains(_ dataClass: DataClass) -> Bool {
    rawValue & 1 << (dataClass.rawValue - 1) != 0
  }
}
