/// Whether a principal may register, by the dated rule in force at submission.
public enum Eligibility {
  /// What a rule says.
  public enum Verdict: Hashable, Sendable {
    /// Every condition is met.
    case met
    /// Nothing speaks against it, but not everything is known: a birth date without a day, an
    /// answer not given. Screening finds out; a partial date is never read as 1 January.
    case undetermined(open: [String])
    /// A condition is surely not met.
    case notMet([Refusal.Violation])
  }

  /// What the rule looks at.
  public struct Facts: Hashable, Sendable {
    /// The principal's nationalities.
    public var nationalities: [RegionCode]
    /// The principal's birth date, as far as known.
    public var birthDate: CivilDate?
    /// Where the principal is.
    public var presentRegion: RegionCode?
    /// Since when.
    public var presentSince: CivilDate?
    /// The standing in the host country.
    public var hostStatus: HostStatus?

    /// Every field as given; nothing is checked here.
    public init(
      nationalities: [RegionCode], birthDate: CivilDate? = nil, presentRegion: RegionCode? = nil,
      presentSince: CivilDate? = nil, hostStatus: HostStatus? = nil
    ) {
      self.nationalities = nationalities
      self.birthDate = birthDate
      self.presentRegion = presentRegion
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
    _ facts: Facts, by rule: EligibilityRule, hostRegion: RegionCode, today: CivilDate
  ) -> Verdict {
    var findings = Findings()
    if !rule.nationalities.isEmpty {
      findings.note(
        "nationalities",
        facts.nationalities.isEmpty
          ? nil : !Set(rule.nationalities).isDisjoint(with: facts.nationalities),
        "none of the nationalities the rule admits")
    }
    switch rule.presence {
    case .anywhere: break
    case .inOwnCountry:
      // The rule names the countries it admits people in by their nationalities.
      let admitted = Set(facts.nationalities).intersection(
        rule.nationalities.isEmpty ? facts.nationalities : rule.nationalities)
      findings.note(
        "present_region", facts.presentRegion.map(admitted.contains),
        "must be in the country of an admitted nationality")
    case .inHost:
      findings.note(
        "present_region", facts.presentRegion.map { $0 == hostRegion },
        "must be in the host country")
    }
    if let cutoff = rule.presenceCutoff {
      findings.note(
        "present_since", facts.presentSince.flatMap { isOnOrBefore($0, cutoff) },
        "must have been there by \(cutoff)")
    }
    if !rule.hostStatuses.isEmpty {
      findings.note(
        "host_status", facts.hostStatus.map(rule.hostStatuses.contains),
        "not a standing the rule admits")
    }
    findings.note(
      "birth_date",
      facts.birthDate.flatMap { hasAge(rule.ageMinimumYears, born: $0, on: today) },
      "must be at least \(rule.ageMinimumYears) years old")
    return findings.verdict
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

  /// Collects three-valued answers.
  private struct Findings {
    var violations: [Refusal.Violation] = []
    var open: [String] = []

    mutating func note(_ field: String, _ answer: Bool?, _ problem: String) {
      switch answer {
      case true?: break
      case false?: violations.append(Refusal.Violation(field, problem))
      case nil: open.append(field)
      }
    }

    var verdict: Verdict {
      if !violations.isEmpty { return .notMet(violations) }
      return open.isEmpty ? .met : .undetermined(open: open)
    }
  }
}
