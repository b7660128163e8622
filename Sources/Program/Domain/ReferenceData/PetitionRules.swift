extension ReferenceData {
  /// What the pathways that only a petitioner begins ask for (domain § 17). That of Venezuelans is
  /// some months older than the others' day, which is before any pilot.
  public static let petitionRules: [PetitionRule] = [
    PetitionRule(
      pathway: .familyReunificationParole,
      nationalities: [.colombia, .elSalvador, .guatemala, .honduras],
      start: CivilDate(year: 2023, month: 7, day: 7), needsApprovedPetition: true),
    PetitionRule(
      pathway: .chnv, nationalities: [.cuba, .haiti, .nicaragua, .venezuela],
      start: CivilDate(year: 2023, month: 1, day: 9)),
  ]

  /// A pathway's; one of which nothing is known asks for a petitioner and no more.
  public static func petitionRule(of pathway: PathwayID) -> PetitionRule {
    petitionRules.first { $0.pathway == pathway } ?? PetitionRule(pathway: pathway)
  }
}
