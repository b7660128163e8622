/// A name as matching sees it: a set of words without order, and words that a match may do without.
struct MatchName: Hashable, Sendable {
  /// The most words that are compared; nobody is told apart by the ninth.
  static let wordCountMax = 8

  /// The words of the name, in the order they were written, each sound once.
  let own: [NameWord]
  /// The husband's name after "de", which the same woman may leave out.
  let married: [NameWord]

  /// The sounds of the given names, and of the surnames; nil where the form does not say which are which.
  private(set) var given: Set<String>?
  private(set) var surnames: Set<String>?

  /// The name of a person; where the form says which part is which, a married name is what it says.
  init(_ person: Person) {
    guard person.nameParts.contains(where: { $0.kind != .unspecified }) else {
      self.init(person.fullName, isMan: person.sex == .male)
      return
    }
    let married = person.nameParts.filter { $0.kind == .married }
      .flatMap { NameFolding.words($0.text) }
    self.init(
      own: NameFolding.words(person.fullName).filter { !married.contains($0) }, married: married)
    func sounds(_ kinds: Set<NamePartKind>) -> Set<String> {
      let parts = person.nameParts.filter { kinds.contains($0.kind) }
      return Set(parts.flatMap { NameFolding.words($0.text) }.map { NameWord($0).skeleton })
    }
    let (given, surnames) = (sounds([.given]), sounds([.paternal, .maternal]))
    if !given.isEmpty, !surnames.isEmpty { (self.given, self.surnames) = (given, surnames) }
  }

  /// Whether these may be the names of twins: surnames in common, and other given names. In names of which
  /// nobody says which is which a given name stands before a surname.
  func isTwin(of other: MatchName, by match: NameMatch) -> Bool {
    guard match.sharedCount > 0, match.isContradicted else { return false }
    guard let given, let surnames, let otherGiven = other.given, let others = other.surnames else {
      return match.differsAhead
    }
    return given != otherGiven && !surnames.isDisjoint(with: others)
  }

  /// A name as written.
  init(_ fullName: String, isMan: Bool = false) {
    let parts = NameFolding.parts(fullName, isMan: isMan)
    self.init(own: parts.own, married: parts.married)
  }

  private init(own: [String], married: [String]) {
    var sounds: Set<String> = []
    func distinct(_ words: [String], _ room: Int) -> [NameWord] {
      Array(words.map { NameWord($0) }.filter { sounds.insert($0.skeleton).inserted }.prefix(room))
    }
    self.own = distinct(own, Self.wordCountMax)
    self.married = distinct(married, Self.wordCountMax - self.own.count)
  }

  /// Every word, the optional ones last.
  var words: [NameWord] { own + married }
}
