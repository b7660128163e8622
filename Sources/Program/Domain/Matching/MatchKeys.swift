/// By what a person is found among all others, before anything is compared: words that two records of
/// one person have in common, whatever one mistake there is in either.
///
/// Every text holds a name's skeleton and something besides; a store keeps keyed digests of
/// them alone. The version of the skeletons is in each: a change of them re-keys all.
public struct MatchKeys: Hashable, Sendable {
  /// Keys that few others have.
  public let narrow: [String]
  /// Keys that more have: they are asked for by themselves, and not to the last one.
  public let wide: [String]

  /// The telephone, which a household shares, or a village: it says little, and is asked for by itself.
  public let phone: [String]

  /// What a person is stored under.
  public var stored: [String] { narrow + wide + phone }

  /// What a person is stored under.
  public init(_ person: Person) {
    self.init(person, yearsAround: 0)
  }

  /// What the same person may have been stored under: an age may be wrong by a year.
  public static func searched(_ person: Person) -> MatchKeys { MatchKeys(person, yearsAround: 1) }

  private init(_ person: Person, yearsAround span: Int) {
    let name = MatchName(person)
    let parts = Parts(name)
    let date = person.birthDate
    var narrow: [String] = []
    var wide: [String] = []
    if let date, date.precision == .day {
      narrow += parts.skeletons.map { Self.text("D", $0, Parts.day(date)) }
      narrow.append(Self.text("F", parts.whole, Parts.day(date)))
    }
    if let date {
      for year in (date.year - span)...(date.year + span) {
        wide += parts.rare.map { Self.text("Y", $0, String(year)) }
        if span == 0 { wide += Self.presence(parts, inYear: date) }
      }
    }
    if name.own.count > 1 { wide.append(Self.text("N", parts.whole)) }
    if let pair = parts.rarestPair { wide.append(Self.text("T", pair)) }
    phone = person.phone.map { [Self.text("P", $0.rawValue)] } ?? []
    self.narrow = Self.distinct(narrow)
    self.wide = Self.distinct(wide)
  }

  /// The three to five keys by which another office asks whether somebody may be known: two of one
  /// person's must be the same. Of a whole birth date each of up to four names with it, and all with
  /// it; else the same with the year.
  ///
  /// - Returns: nil without a name or a year
  public static func presence(_ person: Person) -> [String]? {
    guard let date = person.birthDate else { return nil }
    let parts = Parts(MatchName(person))
    guard !parts.longest.isEmpty else { return nil }
    guard date.precision == .day else { return presence(parts, inYear: date) }
    let keys =
      parts.longest.map { text("D", $0, Parts.day(date)) }
      + [text("F", parts.whole, Parts.day(date))]
    return keys.count < 3 ? keys + [text("Y", parts.longest[0], String(date.year))] : keys
  }

  private static func presence(_ parts: Parts, inYear date: CivilDate) -> [String] {
    let year = String(date.year)
    let keys =
      parts.longest.map { text("Y", $0, year) } + [text("G", parts.whole, year)]
    return keys.count < 3 ? keys + [text("N", parts.whole)] : keys
  }

  private static func text(_ kind: String, _ parts: String...) -> String {
    (["\(NameSkeleton.version)", kind] + parts).joined(separator: "|")
  }

  private static func distinct(_ keys: [String]) -> [String] {
    var seen: Set<String> = []
    return keys.filter { seen.insert($0).inserted }
  }

  /// A name taken apart for keys, the words always in the same order.
  private struct Parts {
    /// Every word.
    let skeletons: [String]
    /// All of the name, married names aside.
    let whole: String
    /// The words that few bear.
    let rare: [String]
    /// The two words that fewest bear, of a name of three or more.
    let rarestPair: String?
    /// Up to four, which need no table of names to choose.
    let longest: [String]

    init(_ name: MatchName) {
      skeletons = name.words.map(\.skeleton)
      let own = name.own.map(\.skeleton).sorted()
      whole = own.joined(separator: " ")
      rare = name.words.filter { $0.bits > NameRarity.commonBits }.map(\.skeleton)
      let byRarity = name.own.sorted { ($1.bits, $0.skeleton) < ($0.bits, $1.skeleton) }
      rarestPair =
        name.own.count > 2
        ? byRarity.prefix(2).map(\.skeleton).sorted().joined(separator: " ") : nil
      longest = Array(own.sorted { ($1.count, $0) < ($0.count, $1) }.prefix(4))
    }

    /// The same for a date and for the one with day and month swapped.
    static func day(_ date: CivilDate) -> String {
      "\(date.year)-\(min(date.month, date.day))-\(max(date.month, date.day))"
    }
  }
}
