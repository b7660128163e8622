/// What was found on one pathway.
public struct EligibilityFinding: Hashable, Sendable, Codable {
  /// The pathway.
  public var pathway: PathwayID
  /// What was found.
  public var finding: Finding
  /// Why not, when not eligible.
  public var reason: FindingReason?

  /// Every field as given; nothing is checked here.
  public init(pathway: PathwayID, finding: Finding, reason: FindingReason? = nil) {
    self.pathway = pathway
    self.finding = finding
    self.reason = reason
  }
}

/// What was found.
public enum Finding: Int, CaseIterable, Codable, Sendable {
  case eligible = 1
  case notEligible = 2
}

/// Why a household is not eligible for a pathway.
public enum FindingReason: Int, CaseIterable, Codable, Sendable {
  case criteriaNotMet = 1
  case noClaim = 2
  case noPetitioner = 3
  case noEmployer = 4
  case declined = 5
}

/// How a registration ended.
public struct Resolution: Hashable, Sendable, Codable {
  /// How.
  public var outcome: Outcome
  /// On which pathway, where there was one.
  public var pathway: PathwayID?
  /// When it was recorded.
  public var recordTime: Instant

  /// Every field as given; nothing is checked here.
  public init(outcome: Outcome, pathway: PathwayID? = nil, recordTime: Instant) {
    self.outcome = outcome
    self.pathway = pathway
    self.recordTime = recordTime
  }
}

/// How a registration ends. Local services, advice and none are outcomes like the others.
public enum Outcome: Int, CaseIterable, Codable, Sendable {
  case departed = 1
  case admissionGranted = 2
  case admissionDenied = 3
  case localServices = 4
  case adviceOnly = 5
  case none = 6
}

/// Why a household leaves.
public enum WithdrawalReason: Int, CaseIterable, Codable, Sendable {
  case changedPlans = 1
  case leftCountry = 2
  case waitTooLong = 3
  case privacy = 4
  case other = 5
}
