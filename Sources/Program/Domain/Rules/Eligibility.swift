/// Whether a principal may register, by the dated rule in force at submission.
public enum Eligibility {
  /// What a rule says.
  public struct Verdict: Hashable, Sendable {
    /// The conditions surely not met.
    public var unmet: [EligibilityCriterion]
    /// The conditions that cannot be judged: a birth date without a day, an answer not given.
    /// They do not refuse; screening finds out. A partial date is never read as 1 January.
    public var undecided: [EligibilityCriterion]

    /// Every field as given; nothing is checked here.
    public init(unmet: [EligibilityCriterion] = [], undecided: [EligibilityCriterion] = []) {
      self.unmet = unmet
      self.undecided = undecided
    }

    /// Whether every condition is surely met.
    public var isMet: Bool { unmet.isEmpty && undecided.isEmpty }

    mutating func note(_ criterion: EligibilityCriterion, _ answer: Bool?) {
      switch answer {
      case true?: break
      case false?: unmet.append(criterion)
      case nil: undecided.append(criterion)
      }
    }
  }

  /// What the rule looks at.
  public struct Facts: Hashable, Sendable {
    /// The principal's nationalities.
    public var nationalities: [RegionCode]
    /// The principal's birth date, as far as known.
    public var birthDate: CivilDate?
    /// Whether its year is an estimate, which never speaks against anybody.
    public var isBirthDateEstimated: Bool
    /// Since when the principal is where they are.
    public var presentSince: CivilDate?
    /// The standing there.
    public var hostStatus: HostStatus?

    /// Every field as given; nothing is checked here.
    public init(
      nationalities: [RegionCode], birthDate: CivilDate? = nil,
      isBirthDateEstimated: Bool = false, presentSince: CivilDate? = nil,
      hostStatus: HostStatus? = nil
    ) {
      self.nationalities = nationalities
      self.birthDate = birthDate
      self.isBirthDateEstimated = isBirthDateEstimated
      self.presentSince = presentSince
      self.hostStatus = hostStatus
    }
  }

  /// The rule in force at `now`; the highest version wins where two overlap. `nil` when none is.
  public static func rule(
    in rules: [EligibilityRule], for program: ProgramID, at now: Instant
  ) -> EligibilityRule? {
    rules.filter { $0.program == program && $0.isEffective(at: now) }
      .max { $0.version < $1.version }
  }

  /// Judges `facts` on the day `today` in the program's zone.
  public static func judge(
    _ facts: Facts, by rule: EligibilityRule, today: CivilDate
  ) -> Verdict {
    var verdict = Verdict()
    if !rule.nationalities.isEmpty {
      let isAdmitted = !Set(rule.nationalities).isDisjoint(with: facts.nationalities)
      verdict.note(.nationality, facts.nationalities.isEmpty ? nil : isAdmitted)
    }
    if let cutoff = rule.presenceCutoff {
      verdict.note(.presence, facts.presentSince.flatMap { isOnOrBefore($0, cutoff) })
    }
    if !rule.hostStatuses.isEmpty {
      verdict.note(.hostStatus, facts.hostStatus.map(rule.hostStatuses.contains))
    }
    if let years = rule.ageMinimumYears {
      let isOldEnough = facts.birthDate.flatMap { hasAge(years, born: $0, on: today) }
      let isDoubtful = facts.isBirthDateEstimated && isOldEnough == false
      verdict.note(.age, isDoubtful ? nil : isOldEnough)
    }
    return verdict
  }

  /// Whether somebody born on `birthDate` is `years` old on `today`; `nil` when that depends on
  /// what is not known of the date.
  public static func hasAge(_ years: Int, born birthDate: CivilDate, on today: CivilDate) -> Bool? {
    guard let atLatest = birthDate.latest.adding(years: years),
      let atEarliest = birthDate.earliest.adding(years: years)
    else { return false }
    if atLatest.sortKey <= today.sortKey { return true }
    return atEarliest.sortKey > today.sortKey ? false : nil
  }

  private static func isOnOrBefore(_ date: CivilDate, _ limit: CivilDate) -> Bool? {
    if date.latest.sortKey <= limit.sortKey { return true }
    return date.earliest.sortKey > limit.sortKey ? false : nil
  }
}
