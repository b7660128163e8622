/// The values facts can have where the domain's own are too many or too fine to reveal nobody.
///
/// What is on no list is ``other``, and what was not said ``unknown``: a row of its own for each rare
/// language or country would be a row about one person.
public enum FactValue {
  /// On no list.
  public static let other = "OTHER"
  /// Not said, not known, or not known to the day.
  public static let unknown = "UNKNOWN"
  /// None, as an answer: the pathway of a case that ends on none.
  public static let none = "NONE"

  /// The nationalities the pilots were for (domain § 1.3).
  static let nationalities = ["CO", "CU", "GT", "HN", "HT", "NI", "SV", "VE"]
  /// The languages the offices speak (domain § 17).
  static let languages = [
    "es-GT", "quc", "kek", "mam", "cak", "kjb", "ixl", "tzj", "ht", "en",
  ]
  /// By age in full years.
  static let ageBands = ["0-17", "18-29", "30-44", "45-59", "60+"]

  /// The one nationality by which a person is counted: the first that the person gave.
  static func nationality(_ person: Person?) -> String {
    guard let first = person?.nationalities.first?.rawValue else { return unknown }
    return nationalities.contains(first) ? first : other
  }

  static func sex(_ person: Person?) -> String { person?.sex.map { name(of: $0) } ?? unknown }

  /// The channel's name in the contract.
  public static func name(of channel: Channel) -> String {
    switch channel {
    case .applicant: "SELF"
    case .contactCentre: "CONTACT_CENTRE"
    case .office: "OFFICE"
    case .partner: "PARTNER"
    }
  }

  /// The name of an enum's case as the contract writes it: `notInScope` is NOT_IN_SCOPE.
  public static func name(of value: some RawRepresentable<Int>) -> String {
    "\(value)".reduce(into: "") { name, letter in
      if letter.isUppercase { name += "_" }
      name += letter.uppercased()
    }
  }

  /// The names of all of an enum's cases, by code.
  static func names<Value: RawRepresentable<Int> & CaseIterable>(of type: Value.Type) -> [String] {
    type.allCases.map { name(of: $0) }
  }

  /// The band of a person's age on a day; unknown where the birth date leaves it open.
  static func ageBand(_ person: Person?, on day: CivilDate) -> String {
    guard let birth = person?.birthDate else { return unknown }
    let (youngest, oldest) = (age(birth.latest, on: day), age(birth.earliest, on: day))
    return band(youngest) == band(oldest) ? band(oldest) : unknown
  }

  private static func age(_ birth: CivilDate, on day: CivilDate) -> Int {
    let hadBirthday = (birth.month, birth.day) <= (day.month, day.day)
    return day.year - birth.year - (hadBirthday ? 0 : 1)
  }

  private static func band(_ age: Int) -> String {
    switch age {
    case ..<18: ageBands[0]
    case ..<30: ageBands[1]
    case ..<45: ageBands[2]
    case ..<60: ageBands[3]
    default: ageBands[4]
    }
  }

  static func language(_ tag: LanguageTag) -> String {
    languages.contains(tag.rawValue) ? tag.rawValue : other
  }

  /// The department of a registration, never the municipality.
  static func department(_ subdivision: String?) -> String {
    guard let subdivision else { return unknown }
    return Department(code: subdivision)?.code ?? other
  }
}
