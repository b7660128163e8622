/// Makes synthetic households: the same seed, the same people.
///
/// The programme is over and nobody here is real. Every number is made so that it cannot be
/// anybody's: CUIs of department 99, telephones in a range that is not dialled, mail at
/// example.org, documents of the issuer `UTO` (ICAO's Utopia).
public struct SampleGenerator: Sendable {
  var random: SplitMix64
  let today: CivilDate
  let now: Instant
  let program: ProgramID
  /// Numbers of eight digits for the next documents, each for one; when there are none left they are drawn.
  public var serials: Range<Int> = 0..<0

  /// A generator of households registered at `now`.
  public init(seed: UInt64, now: Instant, program: ProgramID = ReferenceData.pilotID) {
    random = SplitMix64(seed: seed)
    self.now = now
    self.program = program
    today = FixedZone.guatemala.local(now).date
  }

  /// A household of a kind, or of one drawn by weight.
  public mutating func household(_ kind: SampleHousehold.Kind? = nil) -> SampleHousehold {
    let kind = kind ?? pick(SampleHousehold.Kind.allCases.map { ($0, $0.weight) })
    let id = RegistrationID(using: &random)
    let surnames = (surname(), surname())
    let ages = kind == .grandparentWithMinor ? 50...75 : 20...60
    var people = [Draft(relation: nil, age: int(ages), surnames: surnames)]
    for relation in relations(kind) { people.append(member(relation, of: people[0])) }
    if kind == .twins, people.count >= 3 {
      // The truth that matching must not be fooled by: same date, same parents, other name.
      let day = today.adding(days: -int(400...5_800))
      for index in people.indices.suffix(2) {
        people[index].birthDate = day
        people[index].surnames = people[people.count - 1].surnames
      }
    }
    var persons = people.map { person($0, in: id) }
    if kind == .twins { renameTwin(&persons, people) }
    var household = SampleHousehold(
      kind: kind,
      registration: registration(id, persons: persons, relations: people.map(\.relation)),
      persons: persons, documents: [])
    for index in household.persons.indices where people[index].age < Household.majorityYears {
      if kind == .guardian { household.persons[index].guardian = household.persons[0].id }
    }
    household.documents = household.persons.flatMap { documents(of: $0) }
    answer(for: &household)
    return household
  }

  /// The same human being as the principal of `other`, in a registration of their own: another
  /// spelling, a swapped or partial birth date, the other surname left out. The truth is the
  /// result's ``SampleHousehold/duplicateOf``.
  public mutating func duplicate(of other: SampleHousehold) -> SampleHousehold {
    var copy = household(.single)
    guard let principal = other.persons.first else { return copy }
    var person = principal
    person.id = copy.persons[0].id
    person.cluster = person.id
    person.registration = copy.registration.id
    person.parents = []
    person.spouse = nil
    person.nameParts = principal.nameParts.map { part in
      NamePart(text: respelled(part.text), kind: part.kind)
    }
    person.fullName = person.nameParts.map(\.text).joined(separator: " ")
    if let birth = principal.birthDate, chance(1, of: 2) {
      person.birthDate =
        CivilDate(year: birth.year, month: birth.day, day: birth.month)
        ?? CivilDate(year: birth.year)
    }
    copy.persons[0] = person
    copy.documents = documents(of: person)
    copy.duplicateOf = principal.id
    return copy
  }

  // MARK: Draws

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func chance(_ part: Int, of whole: Int) -> Bool { int(1...whole) <= part }

  mutating func pick<Value>(_ weighted: [(Value, Int)]) -> Value {
    var rest = int(1...max(1, weighted.reduce(0) { $0 + $1.1 }))
    for (value, weight) in weighted {
      rest -= weight
      if rest <= 0 { return value }
    }
    return weighted[weighted.count - 1].0
  }

  // MARK: People

  /// A person before it is written down.
  struct Draft {
    var relation: Relation?
    var age: Int
    var surnames: (String, String)
    var birthDate: CivilDate?
  }

  private mutating func relations(_ kind: SampleHousehold.Kind) -> [Relation] {
    switch kind {
    case .single: []
    case .couple: [.spouse]
    case .parentWithChildren: Array(repeating: .child, count: int(1...4))
    case .stepAndAdopted: [.spouse, .stepChild, .adoptedChild]
    case .grandparentWithMinor: [.grandchildMinor]
    case .threeGenerations: [.spouse, .child, .child, .parent]
    case .twins: [.child, .child]
    case .guardian: [.adoptedChild]
    case .eight: [.spouse, .child, .child, .child, .stepChild, .parent, .parent]
    }
  }

  private mutating func member(_ relation: Relation, of principal: Draft) -> Draft {
    switch relation {
    case .spouse:
      Draft(
        relation: relation, age: max(18, principal.age + int(-5...5)),
        surnames: (surname(), surname()))
    case .child, .stepChild, .adoptedChild, .grandchildMinor:
      Draft(relation: relation, age: int(0...16), surnames: (principal.surnames.0, surname()))
    case .parent:
      Draft(
        relation: relation, age: principal.age + int(18...30),
        surnames: (principal.surnames.0, surname()))
    }
  }

  private mutating func person(_ draft: Draft, in registration: RegistrationID) -> Person {
    let id = PersonID(using: &random)
    let isFemale = chance(1, of: 2)
    let (parts, system) = name(draft, isFemale: isFemale)
    let isPrincipal = draft.relation == nil
    return Person(
      id: id, registration: registration, cluster: id,
      fullName: parts.map(\.text).joined(separator: " "), nameParts: parts, nameSystem: system,
      birthDate: draft.birthDate ?? birthDate(age: draft.age),
      sex: isFemale ? .female : .male, nationalities: [.guatemala],
      phone: isPrincipal ? phone() : nil, email: isPrincipal ? email() : nil,
      revision: Revision(createdAt: now))
  }

  private mutating func registration(
    _ id: RegistrationID, persons: [Person], relations: [Relation?]
  ) -> Registration {
    let department = Department.all[int(0...(Department.all.count - 1))]
    let language = ReferenceData.languages[int(0...(ReferenceData.languages.count - 1))].tag
    return Registration(
      id: id, program: program, receipt: Receipt(using: &random), principal: persons[0].id,
      members: zip(persons, relations).compactMap { person, relation in
        relation.map { Member(person: person.id, relation: $0, standing: .active) }
      },
      hostRegion: .guatemala, homeRegion: .guatemala, subdivision: department.code,
      municipality: decimal(int(1...department.municipalityCount), 2), language: language,
      needsInterpreter: chance(1, of: 5),
      channel: Channel.allCases[int(0...(Channel.allCases.count - 1))],
      answers: Answers(
        hostStatus: .national, presentSince: CivilDate(year: today.year - int(1...20)),
        protectionNeeds: chance(1, of: 3) ? [.violence] : [],
        hasRelativesInUS: chance(1, of: 3), seeksTemporaryWork: chance(1, of: 2)),
      state: .draft, revision: Revision(createdAt: now))
  }

  private mutating func birthDate(age: Int) -> CivilDate? {
    // On the last day of that age somebody was born a day less than age + 1 years ago.
    let whole = today.adding(days: -(age * 365 + age / 4 + int(0...350)))
    guard let whole else { return nil }
    switch int(1...20) {
    case 1...2: return CivilDate(year: whole.year)
    case 3: return CivilDate(year: whole.year, month: whole.month)
    case 4: return CivilDate(year: whole.year, month: 1, day: 1)
    default: return whole
    }
  }

  /// `+5020…`: Guatemalan numbers begin with 2 to 8, so that nobody's telephone rings.
  private mutating func phone() -> PhoneNumber? {
    PhoneNumber(rawValue: "+5020" + decimal(int(0...9_999_999), 7))
  }

  private mutating func email() -> EmailAddress? {
    EmailAddress(rawValue: "sample-\(decimal(int(0...999_999), 6))@example.org")
  }

  // MARK: Documents

  private mutating func documents(of person: Person) -> [IdentityDocument] {
    let isAdult =
      person.birthDate.flatMap {
        Eligibility.hasAge(Household.majorityYears, born: $0, on: today)
      } ?? false
    guard isAdult else { return [document(.birthCertificate, person, number: serial())] }
    switch int(1...20) {
    case 1: return [document(.none, person, number: "")]
    case 2...4: return [passport(of: person)]
    default: return [dpi(of: person)]
    }
  }

  private mutating func serial() -> String {
    decimal(serials.popFirst() ?? int(10_000_000...99_999_999), 8)
  }

  private mutating func dpi(of person: Person) -> IdentityDocument {
    let text = Cui(serial: serial(), department: 99, municipality: int(1...20))?.rawValue ?? ""
    var number = Array(text)
    // One in twenty is printed with a wrong check.
    if number.count == 13, chance(1, of: 20), let digit = number[8].wholeNumberValue {
      number[8] = Character(String((digit + 1) % 10))
    }
    var document = document(.dpi, person, number: String(number))
    document.warnings = Cui(rawValue: String(number))?.warnings ?? []
    return document
  }

  private mutating func passport(of person: Person) -> IdentityDocument {
    let number = serial()
    var document = document(.passport, person, number: number)
    document.expiryDate = CivilDate(year: today.year + int(1...8), month: 6, day: 30)
    if let birth = person.birthDate, let expiry = document.expiryDate {
      document.mrzLines = MachineReadableZone.passportLines(
        issuer: "UTO", surname: surnameText(person), givenNames: givenText(person),
        number: number, birthDate: birth, sex: person.sex, expiryDate: expiry)
    }
    return document
  }

  private mutating func document(
    _ kind: DocumentKind, _ person: Person, number: String
  ) -> IdentityDocument {
    IdentityDocument(
      id: DocumentID(using: &random), person: person.id, kind: kind,
      issuingRegion: kind == .dpi ? .guatemala : nil, number: number,
      revision: Revision(createdAt: now))
  }
}
