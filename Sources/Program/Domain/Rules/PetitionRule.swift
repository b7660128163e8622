/// What a pathway that only a petitioner begins asks of the petition.
public struct PetitionRule: Hashable, Sendable, Codable {
  /// The pathway.
  public var pathway: PathwayID
  /// The nationalities of which a beneficiary must have one; empty for any.
  public var nationalities: [RegionCode]
  /// The first day on which somebody can be invited.
  public var start: CivilDate?
  /// Whether it takes a relative's approved petition (I-130), or anybody who would support.
  public var needsApprovedPetition: Bool

  /// Every field as given; nothing is checked here.
  public init(
    pathway: PathwayID, nationalities: [RegionCode] = [], start: CivilDate? = nil,
    needsApprovedPetition: Bool = false
  ) {
    self.pathway = pathway
    self.nationalities = nationalities
    self.start = start
    self.needsApprovedPetition = needsApprovedPetition
  }

  /// Why a pathway is closed to a household, the first that would have to be mended.
  public enum Lack: Hashable, Sendable {
    /// The answers name nobody.
    case petitioner
    /// Those they name have no petition of the kind.
    case petition
    /// The beneficiaries are of other nationalities.
    case nationality
    /// It has not begun.
    case start(CivilDate)

    /// What is missing, for whoever has recorded that nothing is.
    public var problem: String {
      switch self {
      case .petitioner: "the answers name no petitioner"
      case .petition: "no petition of the petitioners in the answers is of the kind, and approved"
      case .nationality: "no beneficiary has a nationality that the pathway is for"
      case .start(let day): "the pathway begins on \(day)"
      }
    }

    /// Whether NO_PETITIONER says it.
    public var isNoPetitioner: Bool { self == .petitioner || self == .petition }
  }

  /// What a household lacks; nil when nothing surely is.
  ///
  /// - Parameter today: the day in the programme's zone
  public func lack(
    of answers: Answers, persons: [Person], today: CivilDate
  ) -> Lack? {
    guard !answers.petitioners.isEmpty else { return .petitioner }
    let petitioners = answers.petitioners.filter(isOfKind)
    guard !petitioners.isEmpty else { return .petition }
    let beneficiaries = Set(petitioners.flatMap(\.beneficiaries))
    guard persons.contains(where: { beneficiaries.contains($0.id) && mayBeFor($0) }) else {
      return .nationality
    }
    if let start, today.isSurelyBefore(start) { return .start(start) }
    return nil
  }

  private func isOfKind(_ petitioner: Petitioner) -> Bool {
    guard needsApprovedPetition else { return true }
    return petitioner.stage == .approved && petitioner.mayPetition != false
  }

  private func mayBeFor(_ person: Person) -> Bool {
    nationalities.isEmpty || person.nationalities.isEmpty
      || !Set(nationalities).isDisjoint(with: person.nationalities)
  }
}

extension EligibilityFinding {
  /// What contradicts the answers, by the finding's field; nil when nothing does.
  ///
  /// - Parameter lack: what the household lacks for a pathway that only a petitioner begins
  public func contradiction(
    _ pathway: Pathway, lack: PetitionRule.Lack?
  ) -> Refusal.Violation? {
    guard pathway.initiator == .petitionerOnly else {
      return reason == .noPetitioner
        ? .init("reason", "is for pathways that only a petitioner begins") : nil
    }
    if finding == .eligible { return lack.map { .init("finding", $0.problem) } }
    let isContradicted = reason == .noPetitioner && lack?.isNoPetitioner != true
    return isContradicted ? .init("reason", "the answers name a petitioner") : nil
  }
}
