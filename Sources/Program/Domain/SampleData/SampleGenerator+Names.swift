extension SampleGenerator {
  mutating func surname() -> String {
    if chance(1, of: 2) { return pick(SampleNames.spanishSurnames.map { ($0.text, $0.weight) }) }
    let spellings = pick(SampleNames.mayanSurnames.map { ($0.spellings, $0.weight) })
    return spellings[chance(3, of: 4) ? 0 : int(0...(spellings.count - 1))]
  }

  private mutating func given(isFemale: Bool) -> String {
    let list = isFemale ? SampleNames.givenFemale : SampleNames.givenMale
    return pick(list.map { ($0.text, $0.weight) })
  }

  /// A name of two surnames, or one in ten of given names only, as in Huehuetenango; a wife may add
  /// "de X".
  mutating func name(_ draft: Draft, isFemale: Bool) -> ([NamePart], NameSystem) {
    if chance(1, of: 10) {
      let parts = (0..<3).map { _ in
        NamePart(text: given(isFemale: isFemale), kind: .unspecified)
      }
      return (parts, .givenSequence)
    }
    var parts = [NamePart(text: given(isFemale: isFemale), kind: .given)]
    if chance(2, of: 3) { parts.append(NamePart(text: given(isFemale: isFemale), kind: .given)) }
    parts.append(NamePart(text: draft.surnames.0, kind: .paternal))
    parts.append(NamePart(text: draft.surnames.1, kind: .maternal))
    if isFemale, draft.age >= Household.majorityYears, chance(1, of: 6) {
      parts.append(NamePart(text: "de \(surname())", kind: .married))
    }
    return (parts, .twoSurnames)
  }

  /// Gives the last of the twins other names until they have none in common.
  mutating func renameTwin(_ persons: inout [Person], _ people: [Draft]) {
    guard let last = persons.last, let draft = people.last else { return }
    let taken = Set(persons.dropLast().last.map(givenNames) ?? [])
    var twin = last
    while !taken.isDisjoint(with: givenNames(twin)) {
      (twin.nameParts, twin.nameSystem) = name(draft, isFemale: twin.sex == .female)
      twin.fullName = twin.nameParts.map(\.text).joined(separator: " ")
    }
    persons[persons.count - 1] = twin
  }

  /// Yojana is another spelling of Johana.
  private func givenNames(_ person: Person) -> [String] {
    person.nameParts.filter { [.given, .unspecified].contains($0.kind) }
      .map { $0.text == "Yojana" ? "Johana" : $0.text }
  }

  /// Another spelling of a word, where the lists have one; else the word.
  mutating func respelled(_ text: String) -> String {
    guard let row = SampleNames.mayanSurnames.first(where: { $0.spellings.contains(text) }),
      row.spellings.count > 1
    else { return text }
    let others = row.spellings.filter { $0 != text }
    return others[int(0...(others.count - 1))]
  }

  func surnameText(_ person: Person) -> String {
    let surnames = person.nameParts.filter { [.paternal, .maternal].contains($0.kind) }
    // A name of given names only is a primary identifier as a whole (ICAO 9303 part 3, § 4.6).
    return surnames.isEmpty ? person.fullName : surnames.map(\.text).joined(separator: " ")
  }

  func givenText(_ person: Person) -> String {
    person.nameParts.filter { $0.kind == .given }.map(\.text).joined(separator: " ")
  }
}
