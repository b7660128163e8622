import Testing

@testable import Domain

/// What the sample generator plants is found, what it does not plant is not held, and twins are two.
@Suite struct PlantedDuplicateTests {
  static let seeds: [UInt64] = [1, 7, 42, 20_230_612]

  @Test("every planted duplicate is looked at or held, and found by a key", arguments: seeds)
  func planted(seed: UInt64) {
    var generator = SampleGenerator(seed: seed, now: Fixture.now)
    var heldCount = 0
    let count = 200
    for _ in 0..<count {
      let original = generator.household()
      let copy = generator.duplicate(of: original)
      let (first, second) = (original.persons[0], copy.persons[0])
      let assessment = DuplicateAssessment(
        MatchSubject(first, documents: original.documents, household: .init(original.persons)),
        MatchSubject(second, documents: copy.documents, household: .init(copy.persons)))
      #expect(
        assessment.isSuspicious, "\(first.fullName) \(second.fullName) \(assessment.evidence)")
      if assessment.isHolding { heldCount += 1 }
      let stored = Set(MatchKeys(first).stored)
      #expect(!stored.isDisjoint(with: MatchKeys.searched(second).stored))
    }
    #expect(heldCount > count * 9 / 10)
  }

  @Test("twins are never held for one another, whoever registers them", arguments: seeds)
  func twins(seed: UInt64) {
    var generator = SampleGenerator(seed: seed, now: Fixture.now)
    for _ in 0..<200 {
      let household = generator.household(.twins)
      let twins = household.persons.suffix(2)
      let parents = Array(household.persons.prefix(1))
      let subjects = twins.map { MatchSubject($0, household: .init(parents + [$0])) }
      let assessment = DuplicateAssessment(subjects[0], subjects[1])
      #expect(!assessment.isHolding, "\(twins.map(\.fullName)) \(assessment.evidence)")
    }
  }

  @Test(
    "of people who are not the same, hardly anybody is looked at and nobody is held",
    arguments: seeds)
  func strangers(seed: UInt64) {
    var generator = SampleGenerator(seed: seed, now: Fixture.now)
    let households = (0..<60).map { _ in generator.household() }
    var (pairCount, reviewCount) = (0, 0)
    for (index, one) in households.enumerated() {
      for other in households[..<index] {
        for person in one.persons {
          let subject = MatchSubject(person)
          for stranger in other.persons {
            let assessment = DuplicateAssessment(subject, MatchSubject(stranger))
            pairCount += 1
            if assessment.isSuspicious { reviewCount += 1 }
            #expect(
              !assessment.isHolding,
              "\(person.fullName) \(stranger.fullName) \(assessment.evidence)")
          }
        }
      }
    }
    // The names are of two dozen; real ones are of thousands.
    #expect(reviewCount * 1_000 < pairCount)
  }
}
