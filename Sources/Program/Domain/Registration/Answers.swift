/// The form's questions; `nil` means not answered, which is not no.
public struct Answers: Hashable, Sendable, Codable {
  /// The standing where the principal is.
  public var hostStatus: HostStatus?
  /// Since when the principal is there, as far as known.
  public var presentSince: CivilDate?
  /// What the household needs protection from.
  public var protectionNeeds: [ProtectionNeed]
  /// What the household needs for its health.
  public var medicalNeeds: [MedicalNeed]
  /// Has close relatives in the United States.
  public var hasRelativesInUS: Bool?
  /// A relative there has petitioned.
  public var hasFamilyPetition: Bool?
  /// Somebody there would sponsor.
  public var hasUSSponsor: Bool?
  /// Wants temporary work abroad.
  public var seeksTemporaryWork: Bool?
  /// Occupations, as ISCO-08 codes.
  public var occupationCodes: [String]
  /// Years of work.
  public var workYears: Int?
  /// The countries the household hopes for.
  public var destinations: [RegionCode]
  /// Who petitions for somebody of the household, or would support them.
  @AddedLater public var petitioners: [Petitioner]
  /// Every reason to leave that the household gives.
  @AddedLater public var leavingReasons: [LeavingReason]

  /// Every field as given; nothing is checked here.
  public init(
    hostStatus: HostStatus? = nil, presentSince: CivilDate? = nil,
    protectionNeeds: [ProtectionNeed] = [], medicalNeeds: [MedicalNeed] = [],
    hasRelativesInUS: Bool? = nil, hasFamilyPetition: Bool? = nil, hasUSSponsor: Bool? = nil,
    seeksTemporaryWork: Bool? = nil, occupationCodes: [String] = [], workYears: Int? = nil,
    destinations: [RegionCode] = [], petitioners: [Petitioner] = [],
    leavingReasons: [LeavingReason] = []
  ) {
    self.hostStatus = hostStatus
    self.presentSince = presentSince
    self.protectionNeeds = protectionNeeds
    self.medicalNeeds = medicalNeeds
    self.hasRelativesInUS = hasRelativesInUS
    self.hasFamilyPetition = hasFamilyPetition
    self.hasUSSponsor = hasUSSponsor
    self.seeksTemporaryWork = seeksTemporaryWork
    self.occupationCodes = occupationCodes
    self.workYears = workYears
    self.destinations = destinations
    self.petitioners = petitioners
    self.leavingReasons = leavingReasons
  }
}

/// What a household needs protection from.
public enum ProtectionNeed: Int, CaseIterable, Codable, Sendable {
  case persecution = 1
  case violence = 2
  case genderBasedViolence = 3
  case trafficking = 4
  case unaccompaniedMinor = 5
  case torture = 6
  case other = 7
}

/// What a household needs for its health.
public enum MedicalNeed: Int, CaseIterable, Codable, Sendable {
  case mobility = 1
  case sight = 2
  case hearing = 3
  case pregnancy = 4
  case urgentTreatment = 5
  case other = 6
}
