/// Somebody who petitions for persons of a household, or would support them.
public struct Petitioner: Hashable, Sendable, Codable {
  /// The name as on the petition, if noted.
  public var fullName: String?
  /// What they are to each beneficiary.
  public var relation: PetitionerRelation
  /// Their standing in the United States.
  public var standing: PetitionerStanding?
  /// Whom the petition names: persons of the household, one or more.
  public var beneficiaries: [PersonID]
  /// How far the petition has come.
  public var stage: PetitionStage?
  /// When it was filed, as far as known.
  public var priorityDate: CivilDate?
  /// When it was approved, as far as known.
  public var approvalDate: CivilDate?
  /// Where they live.
  public var region: RegionCode?

  /// Every field as given; nothing is checked here.
  public init(
    fullName: String? = nil, relation: PetitionerRelation, standing: PetitionerStanding? = nil,
    beneficiaries: [PersonID], stage: PetitionStage? = nil, priorityDate: CivilDate? = nil,
    approvalDate: CivilDate? = nil, region: RegionCode? = nil
  ) {
    self.fullName = fullName
    self.relation = relation
    self.standing = standing
    self.beneficiaries = beneficiaries
    self.stage = stage
    self.priorityDate = priorityDate
    self.approvalDate = approvalDate
    self.region = region
  }

  /// Whether the law lets somebody of that standing petition for such a relative (8 U.S.C. 1151(b),
  /// 1153(a)): a citizen for all of them, a permanent resident for spouse and children; nil while
  /// the standing is not known.
  public var mayPetition: Bool? {
    guard relation != .supporter else { return false }
    return switch standing {
    case .citizen?: true
    case .permanentResident?: relation == .spouse || relation == .parent
    case .otherLawful?: false
    case nil: nil
    }
  }
}

/// What a petitioner is to a beneficiary.
public enum PetitionerRelation: Int, CaseIterable, Codable, Sendable {
  case spouse = 1
  case parent = 2
  case child = 3
  case sibling = 4
  case supporter = 5
}

/// A petitioner's standing in the United States.
public enum PetitionerStanding: Int, CaseIterable, Codable, Sendable {
  case citizen = 1
  case permanentResident = 2
  case otherLawful = 3
}

/// How far a petition has come.
public enum PetitionStage: Int, CaseIterable, Codable, Sendable {
  case notFiled = 1
  case filed = 2
  case approved = 3
  case denied = 4
}
