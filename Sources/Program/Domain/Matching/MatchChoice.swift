/// Who is compared with whom: of all who have something in common with somebody of a household, as many
/// as one search may compare, those with most in common first. Who is compared with one of a household
/// crowds nobody out who resembles another of it.
public struct MatchChoice: Sendable {
  /// How much it weighs to have something in common, before anything is compared.
  public enum Weight: Int, Sendable {
    /// A key that many have: a surname and a year, a telephone.
    case wide = 1
    /// A key that few have.
    case narrow = 100
    /// The number of a document.
    case number = 10_000
    /// What is written down of the pair already.
    case known = 1_000_000
  }

  /// Somebody of the household, and whom of others to compare with them.
  public struct Pair: Hashable, Sendable {
    /// The one of the household.
    public var person: PersonID
    /// The other.
    public var other: PersonID
    /// Whether there is more than a resemblance.
    public var isCertain: Bool
  }

  private let household: Set<PersonID>
  private var weights: [PersonID: [PersonID: Int]] = [:]

  /// - Parameter household: everybody of it; they are not compared with one another
  public init(of household: some Sequence<PersonID>) {
    self.household = Set(household)
  }

  /// Notes what two have in common.
  public mutating func add(_ other: PersonID, to person: PersonID, _ weight: Weight) {
    guard !household.contains(other) else { return }
    weights[person, default: [:]][other, default: 0] += weight.rawValue
  }

  /// Whom to compare, the same whatever order they were added in.
  public func pairs(by rule: MatchingRule = .standard) -> [Pair] {
    let share = min(rule.comparisonCountMax, rule.pairCountMax / max(1, weights.count))
    return weights.sorted { $0.key < $1.key }.flatMap { person, others in
      others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(share).map {
        Pair(person: person, other: $0.key, isCertain: $0.value >= Weight.number.rawValue)
      }
    }
  }
}
