import Domain
import Testing

/// The household's graph: who is whose parent, and who is whose spouse.
@Suite struct KinshipTests {
  private static let ids = (1...5).map { PersonID(checked: "p\($0)") }

  /// A principal, a spouse, a child of 16, the child's own child, and the principal's mother.
  private static func problems(_ change: (inout [Person]) -> Void) -> [String] {
    var registration = Fixture.registration(.draft)
    registration.principal = ids[0]
    let relations: [Relation] = [.spouse, .child, .grandchildMinor, .parent]
    registration.members = zip(ids.dropFirst(), relations).map {
      Member(person: $0, relation: $1, standing: .active)
    }
    let births = ["1985-01-01", "1986-01-01", "2007-01-01", "2023-01-01", "1960"]
    var persons = zip(ids, births).map { Fixture.person($0, born: $1) }
    change(&persons)
    return Kinship.problems(registration, persons: persons).map(\.field)
  }

  @Test("what relationships leave open can be told: whose child a grandchild is")
  func told() {
    #expect(
      Self.problems {
        $0[3].parents = [Self.ids[2]]
        $0[2].parents = [Self.ids[0], Self.ids[1]]
        $0[0].parents = [Self.ids[4]]
        $0[0].spouse = Self.ids[1]
        $0[1].spouse = Self.ids[0]
      } == [])
    #expect(Self.problems { _ in } == [])
  }

  @Test("nobody is their own parent, a stranger's child, or older than a parent")
  func parents() {
    for wrong in [Self.ids[3], PersonID(checked: "stranger"), Self.ids[2]] {
      let problems = Self.problems {
        $0[3].parents = [wrong]
        // The grandchild is older than who is said to be the parent.
        if wrong == Self.ids[2] { $0[2].birthDate = Fixture.date("2023-01-02") }
      }
      #expect(problems == ["members[2].person.parents[0]"])
    }
    // Unknown dates speak against nobody.
    #expect(
      Self.problems {
        $0[3].parents = [Self.ids[2]]
        $0[2].birthDate = Fixture.date("2023")
      } == [])
  }

  @Test("nobody descends from themselves, by what is said and what relationships imply")
  func circles() {
    // The grandmother is the principal's parent by relationship alone.
    #expect(
      Self.problems {
        $0[4].birthDate = nil
        $0[4].parents = [Self.ids[0]]
      } == ["members[3].person.parents[0]"])
    let long = Self.problems {
      for index in 2...4 { $0[index].birthDate = nil }
      $0[2].parents = [Self.ids[3]]
      $0[3].parents = [Self.ids[4]]
      $0[4].parents = [Self.ids[2]]
    }
    #expect(long.count >= 3)
  }

  @Test(
    "there are two parents at most, implied ones among them, and a step-child is not the principal's"
  )
  func parentCount() {
    // A child is the principal's by relationship.
    #expect(
      Self.problems {
        for index in [1, 4] { $0[index].birthDate = nil }
        $0[2].parents = [Self.ids[1], Self.ids[4]]
      } == ["members[1].person.parents"])
    var registration = Fixture.registration(.draft)
    registration.members[1].relation = .stepChild
    var child = Fixture.person(Fixture.third, born: "2015")
    let others = [Fixture.first, Fixture.second].map { Fixture.person($0, born: "1985") }
    child.parents = [Fixture.first]
    #expect(
      Kinship.problems(registration, persons: others + [child]).map(\.field)
        == ["members[1].person.parents[0]"])
    child.parents = [Fixture.second]
    #expect(Kinship.problems(registration, persons: others + [child]) == [])
  }

  @Test("a spouse is one other of the household, not a parent or child, and nobody else's")
  func spouses() {
    for wrong in [Self.ids[2], PersonID(checked: "stranger"), Self.ids[0], Self.ids[3]] {
      // The child's own, a stranger, the parent, the child's child.
      let problems = Self.problems {
        $0[3].parents = [Self.ids[2]]
        $0[2].spouse = wrong
      }
      #expect(problems == ["members[1].person.spouse"], "\(wrong)")
    }
    // The principal's spouse by relationship is not the grandmother's.
    #expect(Self.problems { $0[4].spouse = Self.ids[1] } == ["members[3].person.spouse"])
  }
}
