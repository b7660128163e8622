/// What a form still lacks before it can be handed in.
public enum Completeness {
  /// The form with its people.
  public struct Form: Hashable, Sendable {
    /// The registration.
    public var registration: Registration
    /// Its persons, the principal's too, in any order.
    public var persons: [Person]
    /// Their documents.
    public var documents: [IdentityDocument]
    /// The day in the program's zone.
    public var today: CivilDate

    /// Every field as given; nothing is checked here.
    public init(
      registration: Registration, persons: [Person], documents: [IdentityDocument],
      today: CivilDate
    ) {
      self.registration = registration
      self.persons = persons
      self.documents = documents
      self.today = today
    }
  }

  /// Every gap, by the field's path in the contract; none means complete.
  ///
  /// Asked for are a name and something of a birth date of everybody, nationalities (or ICAO's
  /// mark) of the principal, a way to reach the principal, a document or the statement that there
  /// is none, the standing where the principal is, and a household that can be one.
  public static func gaps(_ form: Form, limits: Limits = .standard) -> [Refusal.Violation] {
    var gaps = Household.problems(
      form.registration, persons: form.persons, today: form.today, limits: limits)
    for person in form.persons {
      let path = path(of: person, in: form.registration)
      if person.fullName.allSatisfy(\.isWhitespace) {
        gaps.append(.init("\(path).full_name", "is needed"))
      }
      guard let birth = person.birthDate else {
        gaps.append(.init("\(path).birth_date", "is needed, at least the year"))
        continue
      }
      if form.today.isSurelyBefore(birth) {
        gaps.append(.init("\(path).birth_date", "is in the future"))
      }
    }
    if let principal = form.persons.first(where: { $0.id == form.registration.principal }) {
      gaps += principalGaps(principal, form)
    }
    if form.registration.answers.hostStatus == nil {
      gaps.append(.init("answers.host_status", "is needed"))
    }
    return gaps
  }

  private static func principalGaps(_ principal: Person, _ form: Form) -> [Refusal.Violation] {
    var gaps: [Refusal.Violation] = []
    if principal.nationalities.isEmpty, principal.icaoStatus == nil {
      gaps.append(.init("principal.nationality_codes", "a nationality or icao_status is needed"))
    }
    if principal.phone == nil, principal.email == nil {
      gaps.append(.init("principal.phone", "a phone or an e-mail address is needed"))
    }
    if !form.documents.contains(where: { $0.person == principal.id }) {
      gaps.append(.init("principal.documents", "a document, or one of type NONE, is needed"))
    }
    return gaps
  }

  private static func path(of person: Person, in registration: Registration) -> String {
    if person.id == registration.principal { return "principal" }
    let index = registration.members.firstIndex { $0.person == person.id }
    return index.map { "members[\($0)].person" } ?? "persons"
  }
}
