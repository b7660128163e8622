import Testing

@testable import Domain

/// Who is compared with whom, and how many that may be.
@Suite struct MatchChoiceTests {
  private static func ids(_ numbers: Range<UInt64>) -> [PersonID] { numbers.map { Fixture.id($0) } }

  @Test(
    "a search compares so many pairs and no more, however large the household", arguments: 1...20)
  func bounded(count: UInt64) {
    let rule = MatchingRule.standard
    let household = Self.ids(1..<(count + 1))
    var choice = MatchChoice(of: household)
    for person in household {
      for other in Self.ids(1_000..<1_300) { choice.add(other, to: person, .wide) }
    }
    let pairs = choice.pairs()
    #expect(pairs.count <= rule.pairCountMax)
    let each = Dictionary(grouping: pairs, by: \.person).mapValues(\.count)
    #expect(Set(each.keys) == Set(household))
    #expect(Set(each.values) == [min(rule.comparisonCountMax, rule.pairCountMax / Int(count))])
  }

  @Test("those with most in common come first, and nobody is compared within the household")
  func ranked() {
    let household = Self.ids(1..<3)
    var choice = MatchChoice(of: household)
    let others = Self.ids(10..<14)
    for weight in [MatchChoice.Weight.wide, .wide, .narrow] {
      choice.add(others[1], to: household[0], weight)
    }
    choice.add(others[0], to: household[0], .wide)
    choice.add(others[2], to: household[0], .known)
    choice.add(others[3], to: household[0], .number)
    choice.add(household[1], to: household[0], .known)
    let pairs = choice.pairs()
    #expect(pairs.map(\.other) == [others[2], others[3], others[1], others[0]])
    #expect(pairs.map(\.isCertain) == [true, true, false, false])
  }
}
