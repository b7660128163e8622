import Testing

@testable import Domain

/// §10, 5 and 9: by what a person is found, and asked about.
@Suite struct MatchKeysTests {
  private static func person(_ name: String, _ born: String?, phone: String? = nil) -> Person {
    DuplicateAssessmentTests.person(name, born, phone: phone)
  }

  private static func share(_ one: Person, _ other: Person) -> Set<String> {
    Set(MatchKeys(one).stored).intersection(MatchKeys.searched(other).stored)
  }

  @Test(
    "whatever one mistake there is, a key is shared",
    arguments: [
      ("Marta Shol Kaal", "1990-05-07"), ("Caal Xol Marta", "1990-07-05"),
      ("Marta Xol", "1990-05-07"),
      ("Marta Xol Caal", "1991-05-07"), ("Marta Xol Caal", "1990"),
      ("Marta Xol Caal", "1970-05-07"),
      ("Marta Xol Caal", nil), ("Marta Xol Caal de Pop", "1990-05-07"),
      ("Ana Xol Pop", "1989-11-30"),
    ])
  func found(name: String, born: String?) {
    let stored = Self.person("Marta Xol Caal", "1990-05-07")
    #expect(!Self.share(stored, Self.person(name, born)).isEmpty)
  }

  @Test("nobody is found by a date alone, nor by a common name and a year")
  func notFound() {
    let stored = Self.person("José López García", "1990-05-07")
    #expect(Self.share(stored, Self.person("Marta Xol Caal", "1990-05-07")).isEmpty)
    #expect(Self.share(stored, Self.person("Pedro López Pop", "1990-11-30")).isEmpty)
    for key in MatchKeys(stored).stored { #expect(key.contains { $0.isLetter && $0 != "D" }) }
  }

  @Test("the telephone is a key by itself")
  func phone() {
    let one = Self.person("Marta Xol", nil, phone: "+50205551234")
    let other = Self.person("Pedro Choc Pop", "1990-05-07", phone: "+50205551234")
    #expect(Self.share(one, other) == ["\(NameSkeleton.version)|P|+50205551234"])
    let keys = MatchKeys(one)
    #expect(keys.phone.count == 1)
    #expect(Set(keys.phone).isDisjoint(with: keys.narrow + keys.wide))
  }

  @Test("keys are few, each once, and say which skeletons they are of")
  func shape() {
    for household in SampleGeneratorTests.households(5) {
      for person in household.persons {
        let keys = MatchKeys(person).stored
        #expect(Set(keys).count == keys.count)
        #expect((1...40).contains(keys.count))
        #expect(keys.allSatisfy { $0.hasPrefix("\(NameSkeleton.version)|") })
      }
    }
  }

  @Test(
    "an office asks by three to five keys, all of which are stored with the person",
    arguments: [
      ("Marta", "1990-05-07", 3), ("Marta Xol", "1990-05-07", 3),
      ("Marta Xol Caal", "1990-05-07", 4),
      ("Ana Marta Xol Caal Pop", "1990-05-07", 5), ("Marta", "1990", 3),
      ("Marta Xol Caal", "1990", 4),
    ])
  func presence(name: String, born: String, count: Int) throws {
    let person = Self.person(name, born)
    let keys = try #require(MatchKeys.presence(person))
    #expect(keys.count == count)
    #expect(Set(keys).count == count)
    // Of a single name one of the three may be too weak to be searched by; two are enough.
    let stored = Set(MatchKeys(person).stored)
    #expect(stored.isSuperset(of: keys.prefix(2)))
    #expect(stored.intersection(keys).count >= min(count, 2))
  }

  @Test("without a name or a birth date there is nothing to ask by")
  func nothing() {
    #expect(MatchKeys.presence(Self.person("Marta Xol", nil)) == nil)
    #expect(MatchKeys.presence(Self.person("de la", "1990")) == nil)
  }
}
