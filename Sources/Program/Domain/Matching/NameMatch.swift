/// What two names have in common, by the best assignment of the one's words to the other's.
struct NameMatch: Hashable, Sendable {
  /// How alike, from 0 to 1, the rarer words counting more.
  private(set) var similarity = 0.0
  /// What the words in common say together, in bits.
  private(set) var sharedBits = 0.0
  /// How many words have their counterpart.
  private(set) var sharedCount = 0
  /// How many words of the first name the second lacks; married names may be lacking.
  private(set) var firstOnlyCount = 0
  /// How many words of the second name the first lacks.
  private(set) var secondOnlyCount = 0
  /// Whether what they have in common stands in another order. In Huehuetenango given names are
  /// surnames, so that it may be another person: for somebody to look at, and no match.
  private(set) var isPermuted = false

  /// Whether in each a name that the other lacks stands before one that they have in common: before a
  /// surname, another given name.
  private(set) var differsAhead = false

  /// Whether each has a name that the other lacks.
  var isContradicted: Bool { firstOnlyCount > 0 && secondOnlyCount > 0 }

  /// Compares two names.
  init(_ first: MatchName, _ second: MatchName) {
    let pairs = Assignment(first.words, second.words).best
    let (firstOwn, secondOwn) = (first.own.count, second.own.count)
    sharedCount = pairs.count
    sharedBits = pairs.reduce(0) { $0 + $1.bits }
    firstOnlyCount = firstOwn - pairs.count { $0.first < firstOwn }
    secondOnlyCount = secondOwn - pairs.count { $0.second < secondOwn }
    let inOrder = pairs.filter { $0.first < firstOwn && $0.second < secondOwn }
    isPermuted = zip(inOrder, inOrder.dropFirst()).contains { $0.second > $1.second }
    differsAhead =
      Self.hasGap(pairs.map(\.first).filter { $0 < firstOwn })
      && Self.hasGap(pairs.map(\.second).filter { $0 < secondOwn })
    let all = (first.own + second.own).reduce(0) { $0 + $1.bits }
    similarity = all > 0 ? min(1, 2 * sharedBits / all) : 0
  }

  /// Whether there is a place before the last of these that is not among them.
  private static func hasGap(_ places: [Int]) -> Bool { (places.max() ?? -1) + 1 > places.count }

  /// A word of the one name and its counterpart, by their places.
  private struct Pair {
    var first: Int
    var second: Int
    var bits: Double
  }

  /// Finds the counterparts that say most together. Those that could have one are few: every subset of
  /// the second name's is tried for each word of the first.
  private struct Assignment {
    /// The words that have at least one possible counterpart, by their places.
    private let first: [Int]
    private let second: [Int]
    private let bits: [[Double]]

    init(_ first: [NameWord], _ second: [NameWord]) {
      let all = first.map { one in
        second.map { one.bits(sharedWith: $0, similarity: one.similarity(to: $0)) }
      }
      let columns = second.indices.filter { column in all.contains { $0[column] > 0 } }
      self.first = first.indices.filter { row in all[row].contains { $0 > 0 } }
      self.second = columns
      bits = self.first.map { row in columns.map { all[row][$0] } }
    }

    /// By the places in the first name.
    var best: [Pair] {
      // totals[k][taken]: the most that the words from the k-th on say while those in `taken` are gone.
      let none = [Double](repeating: 0, count: 1 << second.count)
      var totals = [[Double]](repeating: none, count: bits.count + 1)
      for row in bits.indices.reversed() {
        for taken in none.indices {
          totals[row][taken] = choices(row, taken, totals).map(\.total).max() ?? 0
        }
      }
      var pairs: [Pair] = []
      var taken = 0
      for row in bits.indices {
        let choice = choices(row, taken, totals).max { $0.total < $1.total }
        guard let column = choice?.column else { continue }
        pairs.append(Pair(first: first[row], second: second[column], bits: bits[row][column]))
        taken |= 1 << column
      }
      return pairs
    }

    /// What can be done with a word: leave it alone, or give it one that is not taken.
    private func choices(
      _ row: Int, _ taken: Int, _ totals: [[Double]]
    ) -> [(column: Int?, total: Double)] {
      [(nil, totals[row + 1][taken])]
        + bits[row].indices.compactMap { column in
          guard taken & 1 << column == 0, bits[row][column] > 0 else { return nil }
          return (column, bits[row][column] + totals[row + 1][taken | 1 << column])
        }
    }
  }
}
