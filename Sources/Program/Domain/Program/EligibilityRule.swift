/// Who may register, from one date to another. A registration keeps the version it was judged by.
public struct EligibilityRule: Hashable, Sendable, Codable {
  /// The program.
  public var program: ProgramID
  /// Counts up per program, from 1.
  public var version: Int
  /// The first instant the rule is in force.
  public var effectiveFrom: Instant
  /// The first instant it no longer is (half-open); `nil` while it has no end.
  public var effectiveUntil: Instant?
  /// One of these nationalities is needed; empty admits all.
  public var nationalities: [RegionCode]
  /// The person must have been where they are on or before this day; `nil` asks for no such thing.
  public var presenceCutoff: CivilDate?
  /// One of these standings is needed; empty admits all.
  public var hostStatuses: [HostStatus]
  /// The principal's least age in completed years on the day of submission; `nil` asks for none.
  public var ageMinimumYears: Int?

  /// Every field as given; nothing is checked here.
  public init(
    program: ProgramID, version: Int, effectiveFrom: Instant, effectiveUntil: Instant? = nil,
    nationalities: [RegionCode], presenceCutoff: CivilDate? = nil, hostStatuses: [HostStatus],
    ageMinimumYears: Int? = nil
  ) {
    self.program = program
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.effectiveUntil = effectiveUntil
    self.nationalities = nationalities
    self.presenceCutoff = presenceCutoff
    self.hostStatuses = hostStatuses
    self.ageMinimumYears = ageMinimumYears
  }

  /// The id the contract gives it; rules are only added, so that it can be made from the name.
  public var uid: ResourceUID {
    ResourceUID(derivedFrom: "programs/\(program)/eligibilityRules/\(version)")
  }

  /// Whether the rule is in force at an instant.
  public func isEffective(at now: Instant) -> Bool {
    effectiveFrom <= now && effectiveUntil.map { now < $0 } ?? true
  }
}

/// A person's standing in the country where the person is, as stated.
public enum HostStatus: Int, CaseIterable, Codable, Sendable {
  /// A national of the host country, in it.
  case national = 1
  /// In the person's own country, which is not the host country.
  case inOwnCountry = 2
  /// Entered the host country regularly.
  case regularEntry = 3
  /// Entered the host country otherwise.
  case irregularEntry = 4
  /// Has applied for regularisation.
  case regularisationApplicant = 5
  /// A registered asylum seeker.
  case asylumSeeker = 6
  /// A recognised refugee.
  case refugee = 7
}

/// The conditions a rule can set, as they are named to people.
public enum EligibilityCriterion: Int, CaseIterable, Codable, Sendable {
  case nationality = 1
  case presence = 2
  case hostStatus = 3
  case age = 4

  /// The field of the form the condition looks at.
  var field: String {
    switch self {
    case .nationality: "principal.nationality_codes"
    case .presence: "answers.present_since_date"
    case .hostStatus: "answers.host_status"
    case .age: "principal.birth_date"
    }
  }
}
