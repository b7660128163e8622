extension Answers {
  /// What contradicts itself in the answers, by path below them; none when nothing does. What is not
  /// said speaks against nobody.
  ///
  /// - Parameter household: the persons of the registration
  public func problems(household: [PersonID]) -> [Refusal.Violation] {
    var problems: [Refusal.Violation] = []
    for (index, petitioner) in petitioners.enumerated() {
      problems += petitioner.problems(household: household).map {
        .init("petitioners[\(index)].\($0.field)", $0.problem)
      }
    }
    problems += denials
    if leavingReasons.contains(.notSaid), leavingReasons.count > 1 {
      problems.append(.init("leaving_reasons", "NOT_SAID stands alone"))
    }
    return problems
  }

  /// Questions answered with no although a petitioner says yes.
  private var denials: [Refusal.Violation] {
    var problems: [Refusal.Violation] = []
    if hasFamilyPetition == false, petitioners.contains(where: { $0.stage?.isPending == true }) {
      problems.append(.init("family_petition_pending", "a petitioner has filed a petition"))
    }
    let hasRelative = petitioners.contains {
      $0.relation != .supporter && $0.region == .unitedStates
    }
    if hasRelativesInUS == false, hasRelative {
      problems.append(.init("relatives_in_us", "a petitioner is a relative there"))
    }
    if hasUSSponsor == false, petitioners.contains(where: { $0.relation == .supporter }) {
      problems.append(.init("us_sponsor", "a petitioner is a supporter"))
    }
    return problems
  }

  /// Takes a person who leaves the household out of the petitions; a petition for nobody goes too.
  mutating func forget(_ person: PersonID) {
    for index in petitioners.indices {
      petitioners[index].beneficiaries.removeAll { $0 == person }
    }
    petitioners.removeAll(where: \.beneficiaries.isEmpty)
  }
}

extension Petitioner {
  fileprivate func problems(household: [PersonID]) -> [Refusal.Violation] {
    var problems: [Refusal.Violation] = []
    let isFiled = stage?.isFiled ?? false
    if isFiled, relation == .supporter {
      problems.append(.init("stage", "a supporter files no petition"))
    } else if isFiled, mayPetition == false {
      problems.append(.init("standing", "nobody of that standing petitions for such a relative"))
    }
    if priorityDate != nil, !isFiled {
      problems.append(.init("priority_date", "is for a petition that was filed"))
    }
    if let approvalDate {
      if stage != .approved {
        problems.append(.init("approval_date", "is for a petition that was approved"))
      } else if let priorityDate, approvalDate.isSurelyBefore(priorityDate) {
        problems.append(.init("approval_date", "must not be before priority_date"))
      }
    }
    for (index, person) in beneficiaries.enumerated() where !household.contains(person) {
      problems.append(.init("beneficiaries[\(index)]", "must be of the household"))
    }
    return problems
  }
}

extension PetitionStage {
  /// Whether a petition was filed, whatever came of it.
  fileprivate var isFiled: Bool { self != .notFiled }
  /// Whether it is under way or was approved.
  fileprivate var isPending: Bool { self == .filed || self == .approved }
}
