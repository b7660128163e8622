import Testing

@testable import Domain

/// §10, 6 to 8: the sum, and what no sum decides.
@Suite struct DuplicateAssessmentTests {
  static func person(
    _ name: String, _ born: String? = "1990-05-17", phone: String? = nil, seed: UInt64 = 1
  ) -> Person {
    let id: PersonID = Fixture.id(seed)
    return Person(
      id: id, registration: Fixture.id(seed + 1_000), cluster: id, fullName: name,
      nameSystem: .twoSurnames, birthDate: born.flatMap { CivilDate($0) },
      phone: phone.flatMap { PhoneNumber(rawValue: $0) }, revision: Revision(createdAt: Fixture.now)
    )
  }

  static func document(
    _ number: String, _ kind: DocumentKind = .dpi, region: RegionCode? = nil,
    verified: Bool = false
  ) -> IdentityDocument {
    IdentityDocument(
      id: Fixture.id(7), person: Fixture.first, kind: kind, issuingRegion: region, number: number,
      verification: verified
        ? DocumentVerification(
          outcome: .genuine, verifier: Fixture.actor("ana"), verifyTime: Fixture.now) : nil,
      revision: Revision(createdAt: Fixture.now))
  }

  static func assess(
    _ first: Person, _ second: Person,
    _ documents: ([IdentityDocument], [IdentityDocument]) = ([], [])
  ) -> DuplicateAssessment {
    DuplicateAssessment(
      MatchSubject(first, documents: documents.0), MatchSubject(second, documents: documents.1))
  }

  private static func weight(
    _ kind: DuplicateEvidence.Kind, _ assessment: DuplicateAssessment
  ) -> Double? {
    assessment.evidence.first { $0.kind == kind }?.weight
  }

  @Test(
    "names and dates: what is held, what is looked at, what is two",
    arguments: [
      ("Marta Xol Caal", "1990-05-17", "Marta Shol Kaal", "1990-05-17", "held"),
      ("José López García", "1990-05-17", "Jose Lopez Garcia", "1990-05-17", "held"),
      ("José López García", "1990-05-07", "José López García", "1990-07-05", "held"),
      ("María López", "1990-05-17", "María López", "1990-05-17", "review"),
      ("José López García", "1990-05-17", "José López García", "1990", "review"),
      ("Marta Xol Caal", "1990-05-17", "Marta Xol", "1990-05-17", "held"),
      (
        "Sebastián Jerónimo Pablo", "1990-05-17", "Pablo Sebastián Jerónimo", "1990-05-17", "review"
      ),
      ("Marta Racancoj Tzunux", "1960-03-02", "Marta Racancoj Tzunux", "1990-05-17", "review"),
      ("José López García", "1960-03-02", "José López García", "1990-05-17", "distinct"),
      ("José López Hernández", "1990-05-17", "Mario Pérez Fernández", "1990-05-17", "distinct"),
      ("Marta Xol Caal", "1990-05-17", "Pedro Choc Pop", "1990-05-17", "distinct"),
      ("Marta Xol Caal", nil, "Marta Xol Caal", nil, "review"),
    ])
  func table(
    _ name: String, _ born: String?, _ other: String, _ otherBorn: String?, _ verdict: String
  ) {
    let assessment = Self.assess(Self.person(name, born), Self.person(other, otherBorn, seed: 2))
    let found =
      assessment.isHolding ? "held" : assessment.isSuspicious ? "review" : "distinct"
    #expect(found == verdict, "\(assessment.score) \(assessment.evidence)")
    let reverse = Self.assess(Self.person(other, otherBorn, seed: 2), Self.person(name, born))
    #expect(reverse.score == assessment.score)
  }

  @Test("a man's surname after de is his: who lacks it, or has another, is somebody else")
  func husbands() {
    func man(_ name: String, seed: UInt64) -> Person {
      var person = Self.person(name, seed: seed)
      person.sex = .male
      return person
    }
    let (one, other) = (man("José Luis de León", seed: 1), man("José Luis de Pop", seed: 2))
    #expect(!Self.assess(one, other).isHolding)
    var (wife, same) = (one, other)
    (wife.sex, same.sex) = (.female, .female)
    #expect(Self.assess(one, other).score < Self.assess(wife, same).score)
  }

  @Test("the score is the sum of the weights, to a thousandth")
  func sum() {
    let assessment = Self.assess(
      Self.person("Marta Xol Caal", phone: "+50205551234"),
      Self.person("Marta Xol Pop", "1990-05-18", phone: "+50205551234", seed: 2),
      ([Self.document("2345678099902")], [Self.document("2345 67809-9902")]))
    let sum = assessment.evidence.reduce(0) { $0 + $1.weight }
    #expect(abs(assessment.score - sum) <= 0.0005)
    #expect(assessment.evidence.map(\.kind) == [.name, .birthDate, .phone, .cui])
    #expect(assessment.evidence.allSatisfy { (0...1).contains($0.similarity) })
  }

  @Test("names, and names with a year, hold nobody, however rare", arguments: [nil, "1990"])
  func namesAlone(_ born: String?) {
    let name = "Ixchel Racancoj Tzunux Quemé Batzín"
    let assessment = Self.assess(Self.person(name, born), Self.person(name, born, seed: 2))
    #expect(assessment.evidence.first?.weight == MatchingRule.standard.nameBitsMax)
    #expect(assessment.isSuspicious && !assessment.isHolding)
  }

  @Test("twins are two: the same day, the same surnames, another name")
  func twins() throws {
    let assessment = Self.assess(
      Self.person("Ana Racancoj Tzunux", phone: "+50205551234"),
      Self.person("Pedro Racancoj Tzunux", phone: "+50205551234", seed: 2))
    #expect(!assessment.isHolding)
    #expect(assessment.isSuspicious)
    #expect(try #require(Self.weight(.twinPattern, assessment)) < 0)
    // The same two with one name each are no twins.
    let same = Self.assess(
      Self.person("Ana Racancoj Tzunux"), Self.person("Ana Racancoj Tzunux", seed: 2))
    #expect(same.isHolding)
    #expect(Self.weight(.twinPattern, same) == nil)
  }

  @Test("twins share a surname, other given names and no more than their parents")
  func noTwins() {
    func subject(_ seed: UInt64, _ given: String, _ surnames: [String], _ others: Int)
      -> MatchSubject
    {
      var person = Self.person(
        ([given] + surnames).joined(separator: " "), phone: "+50205551234", seed: seed)
      person.nameParts =
        [NamePart(text: given, kind: .given)]
        + zip(surnames, [NamePartKind.paternal, .maternal]).map { NamePart(text: $0, kind: $1) }
      let names = ["Ana Quej Toj", "Pedro Choc Pop", "Rosa Tut Batz"].prefix(others)
      return MatchSubject(
        person,
        household: .init(
          names.enumerated().map { Self.person($1, seed: seed + 10 + UInt64($0)) }))
    }
    func isCapped(_ one: MatchSubject, _ other: MatchSubject) -> Bool {
      Self.weight(.twinPattern, DuplicateAssessment(one, other)) != nil
    }
    let marta = subject(1, "Ixchel", ["Racancoj", "Tzunux"], 2)
    #expect(isCapped(marta, subject(50, "Zenaida", ["Racancoj", "Tzunux"], 2)))
    // The same given name is no twin's, whatever the surname.
    #expect(!isCapped(marta, subject(50, "Ixchel", ["Racancoj", "Batzin"], 2)))
    // Nor are three others in common.
    let large = subject(1, "Ixchel", ["Racancoj", "Tzunux"], 3)
    #expect(!isCapped(large, subject(50, "Zenaida", ["Racancoj", "Tzunux"], 3)))
    // Where nobody says which is which, what differs stands before what is the same.
    func plain(_ name: String, _ seed: UInt64) -> MatchSubject {
      MatchSubject(Self.person(name, phone: "+50205551234", seed: seed))
    }
    #expect(isCapped(plain("Ixchel Racancoj Tzunux", 1), plain("Zenaida Racancoj Tzunux", 2)))
    #expect(!isCapped(plain("Ixchel Racancoj Tzunux", 1), plain("Ixchel Racancoj Batzin", 2)))
  }

  @Test("an equal verified number is one person, unless the dates conflict; then somebody looks")
  func verifiedNumber() throws {
    let number = Self.document("2345678099902", verified: true)
    let strangers = (Self.person("Marta Xol"), Self.person("Pedro Choc Pop", nil, seed: 2))
    let one = Self.assess(strangers.0, strangers.1, ([number], [number]))
    #expect(one.isHolding)
    #expect(Self.weight(.cui, one) == MatchingRule.standard.verifiedNumberBits)
    let conflicting = Self.assess(
      Self.person("Marta Xol"), Self.person("Marta Xol", "1971-02-28", seed: 2),
      ([number], [number]))
    #expect(conflicting.isBirthDateConflict)
    // Held for a person to look at, but no proof any more.
    #expect(conflicting.isHolding)
    #expect(
      try #require(Self.weight(.cui, conflicting)) < MatchingRule.standard.verifiedNumberBits)
    let typed = Self.document("2345 67809 9902")
    let unseen = Self.assess(strangers.0, strangers.1, ([typed], [number]))
    #expect(unseen.isHolding)
    #expect(try #require(Self.weight(.cui, unseen)) < MatchingRule.standard.verifiedNumberBits)
  }

  @Test("two verified identity cards are two persons; two that were only typed say nothing")
  func otherNumber() {
    let (first, second) = (Self.person("Marta Xol Caal"), Self.person("Marta Xol Caal", seed: 2))
    let cards = (Self.document("1", verified: true), Self.document("2", verified: true))
    #expect(!Self.assess(first, second, ([cards.0], [cards.1])).isSuspicious)
    let typed = Self.assess(first, second, ([Self.document("1")], [Self.document("2")]))
    #expect(Self.weight(.cui, typed) == nil)
    #expect(typed.isHolding)
  }

  @Test("a passport is known by issuer and number")
  func passports() {
    let (first, second) = (Self.person("Marta Xol"), Self.person("Pedro Choc", seed: 2))
    let gt = Self.document("A1", .passport, region: .guatemala)
    let hn = Self.document("A1", .passport, region: .honduras)
    #expect(Self.assess(first, second, ([gt], [gt])).evidence.contains { $0.kind == .passport })
    #expect(!Self.assess(first, second, ([gt], [hn])).hasSameNumber)
    #expect(!Self.assess(first, second, ([gt], [Self.document("A1")])).hasSameNumber)
  }

  @Test(
    "what is no number, or nobody's, is the same as nothing",
    arguments: [
      ("", DocumentKind.none, nil), ("12345", .none, RegionCode.guatemala),
      ("no tengo", .dpi, .guatemala), ("12345", .dpi, .guatemala),
      ("23456780999021", .dpi, .guatemala), ("A1", .passport, nil), ("-", .passport, .guatemala),
      ("17", .birthCertificate, nil), ("17", .foreignId, nil), ("17", .unhcrId, nil),
    ])
  func noNumber(number: String, kind: DocumentKind, issuer: RegionCode?) {
    let document = Self.document(number, kind, region: issuer)
    #expect(document.typedNumber == nil)
    let (first, second) = (Self.person("Marta Xol"), Self.person("Pedro Choc", seed: 2))
    #expect(!Self.assess(first, second, ([document], [document])).hasSameNumber)
  }

  @Test("a zone's number counts where its check digit agrees, under the zone's issuer")
  func zones() {
    func document(_ number: String, _ issuer: RegionCode, _ lines: [String]) -> IdentityDocument {
      var document = Self.document(number, .passport, region: issuer)
      document.mrzLines = lines
      return document
    }
    let names = "P<GTMXOL<CAAL<<MARTA<<<<<<<<<<<<<<<<<<<<<<<<"
    let right = [names, "L898902C36GTM7408122F1204159ZE184226B<<<<<10"]
    let wrong = [names, "L898902C35GTM7408122F1204159ZE184226B<<<<<10"]
    let (first, second) = (Self.person("Marta Xol"), Self.person("Pedro Choc", seed: 2))
    func isSame(_ one: IdentityDocument, _ other: IdentityDocument) -> Bool {
      Self.assess(first, second, ([one], [other])).hasSameNumber
    }
    let typed = document("L898902C3", .guatemala, [])
    #expect(isSame(typed, document("1", .guatemala, right)))
    #expect(isSame(document("2", .honduras, right), document("1", .guatemala, right)))
    #expect(!isSame(typed, document("1", .guatemala, wrong)))
    #expect(!isSame(document("L898902C3", .honduras, []), document("1", .honduras, right)))
    #expect(document("1", .guatemala, right).numbers.count == 2)
  }

  @Test("the same others in the household speak for a pair")
  func household() throws {
    func subject(_ seed: UInt64, _ child: String) -> MatchSubject {
      let person = Self.person("María López", seed: seed)
      return MatchSubject(
        person,
        household: .init([person, Self.person(child, "2012-03-04", seed: seed + 50)]))
    }
    let same = DuplicateAssessment(subject(1, "Ana Quej Xol"), subject(2, "Ana Kej Shol"))
    #expect(Self.weight(.household, same) == MatchingRule.standard.sameHouseholdBits)
    let other = DuplicateAssessment(subject(1, "Ana Quej Xol"), subject(2, "Pedro Quej Xol"))
    #expect(Self.weight(.household, other) == nil)
    #expect(same.score > other.score)
  }

  @Test("households as large and with names as long as they can be are compared in no time")
  func largeHouseholds() {
    func subject(_ seed: UInt64) -> MatchSubject {
      let words = ["Racancoj", "Recancoj", "Ricancoj", "Rucancoj", "Rocancoj", "Racencoj"]
      let persons = (0..<20).map { number in
        let name = words.map { "\($0)\(number)" }.joined(separator: " ")
        return Self.person(name, seed: seed + UInt64(number))
      }
      return MatchSubject(persons[0], household: .init(persons))
    }
    let (first, second) = (subject(100), subject(200))
    let time = ContinuousClock().measure {
      for _ in 0..<10 {
        #expect(Self.weight(.household, DuplicateAssessment(first, second)) ?? 0 > 0)
      }
    }
    // Every name against every other took a hundred times as long.
    #expect(time < .seconds(5))
  }
}
