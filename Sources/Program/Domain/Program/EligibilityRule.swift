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
  /// Where the person must be.
  public var presence: Presence
  /// For ``Presence/inHost``: there on or before this day.
  public var presenceCutoff: CivilDate?
  /// One of these standings in the host country is needed; empty admits all.
  public var hostStatuses: [HostStatus]
  /// The principal's least age in years on the day of submission.
  public var ageMinimumYears: Int

  /// Every field as given; nothing is checked here.
  public init(
    program: ProgramID, version: Int, effectiveFrom: Instant, effectiveUntil: Instant? = nil,
    nationalities: [RegionCode], presence: Presence, presenceCutoff: CivilDate? = nil,
    hostStatuses: [HostStatus], ageMinimumYears: Int
  ) {
    self.program = program
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.effectiveUntil = effectiveUntil
    self.nationalities = nationalities
    self.presence = presence
    self.presenceCutoff = presenceCutoff
    self.hostStatuses = hostStatuses
    self.ageMinimumYears = ageMinimumYears
  }

  /// Where a rule asks people to be.
  public enum Presence: Int, CaseIterable, Codable, Sendable {
    /// Anywhere.
    case anywhere = 1
    /// In the country of one of their nationalities.
    case inOwnCountry = 2
    /// In the program's host country.
    case inHost = 3
  }

  /// Whether the rule is in force at an instant.
  public func isEffective(at now: Instant) -> Bool {
    effectiveFrom <= now && effectiveUntil.map { now < $0 } ?? true
  }
}

/// A person's standing in the host country, as stated.
public enum HostStatus: Int, CaseIterable, Codable, Sendable {
  case citizen = 1
  case regularEntry = 2
  case temporaryResident = 3
  case asylumSeeker = 4
  case refugee = 5
  case regularisationApplicant = 6
  case irregular = 7
}
