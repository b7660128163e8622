extension ReferenceData {
  /// The rules of the hosts, dated.
  ///
  /// The sources give cut-off days but, Guatemala apart, no day from which a rule was in force; it
  /// cannot have been before its own cut-off, which is taken. Colombia's later rule ("regardless
  /// of how they entered") has no published date and is therefore not here.
  public static let eligibilityRules: [EligibilityRule] = [
    // At the opening: four nationalities, each in its own country.
    EligibilityRule(
      program: pilotID, version: 1, effectiveFrom: midnight(2023, 6, 12),
      effectiveUntil: midnight(2023, 8, 1),
      nationalities: [.guatemala, .elSalvador, .honduras, .nicaragua],
      hostStatuses: [.national, .inOwnCountry], ageMinimumYears: 18),
    // By August 2023: Guatemalans in Guatemala only.
    EligibilityRule(
      program: pilotID, version: 2, effectiveFrom: midnight(2023, 8, 1),
      nationalities: [.guatemala], hostStatuses: [.national], ageMinimumYears: 18),
    EligibilityRule(
      program: ProgramID(checked: "cr-2023"), version: 1, effectiveFrom: midnight(2023, 6, 12),
      nationalities: [.nicaragua, .venezuela], presenceCutoff: day(2023, 6, 12),
      hostStatuses: [.asylumSeeker, .refugee]),
    EligibilityRule(
      program: ProgramID(checked: "co-2023"), version: 1, effectiveFrom: midnight(2023, 6, 11),
      nationalities: [.cuba, .haiti, .venezuela], presenceCutoff: day(2023, 6, 11),
      hostStatuses: [.regularEntry]),
    EligibilityRule(
      program: ProgramID(checked: "ec-2023"), version: 1, effectiveFrom: midnight(2023, 10, 18),
      nationalities: [.cuba, .haiti, .nicaragua, .venezuela, .colombia],
      presenceCutoff: day(2023, 10, 18),
      hostStatuses: [.regularisationApplicant, .asylumSeeker, .refugee]),
  ]
}
