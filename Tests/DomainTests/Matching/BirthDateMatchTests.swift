import Testing

@testable import Domain

/// §10, 5: what two birth dates say.
@Suite struct BirthDateMatchTests {
  @Test(
    "dates compare as the list has it, in both directions",
    arguments: [
      ("1990-05-17", "1990-05-17", 1.0),
      ("1990-05-07", "1990-07-05", 0.9),
      ("1990-05-17", "1990-05-18", 0.8), ("1970-05-17", "1990-05-17", 0.8),
      ("1990-05-17", "1990-06-17", 0.8),
      ("1978-05-17", "1987-05-17", 0.8), ("1990-05-12", "1990-05-21", 0.8),
      ("1990-05-17", "1991-05-17", 0.5), ("1989-05-17", "1990-05-17", 0.5),
      ("1990-01-01", "1990-05-17", 0.5),
      ("1990-05-17", "1991-06-17", 0), ("1990-05-17", "1995-11-02", 0),
      ("1990-01-01", "1991-05-17", 0),
      // Unknown parts are neutral.
      ("1990", "1990-05-17", 1), ("1990", "1990", 1), ("1990-05", "1990-05-17", 1),
      ("1990-05", "1990-06-17", 0), ("1990", "1991-05-17", 0.5), ("1990", "1992", 0),
    ])
  func table(one: String, other: String, expected: Double) {
    let (first, second) = (Fixture.date(one), Fixture.date(other))
    #expect(BirthDateMatch(first, second).similarity == expected)
    #expect(BirthDateMatch(second, first).similarity == expected)
    #expect(BirthDateMatch(first, second).isConflict == (expected == 0))
  }

  @Test("who has no birth date, or another than an estimate, is neither for nor against")
  func neutral() {
    let known = Fixture.person(Fixture.first, born: "1990-05-17")
    let unknown = Fixture.person(Fixture.second, born: nil)
    #expect(BirthDateMatch(known, unknown) == nil)
    var guessed = Fixture.person(Fixture.second, born: "1985")
    #expect(BirthDateMatch(known, guessed)?.isConflict == true)
    guessed.isBirthDateEstimated = true
    #expect(BirthDateMatch(known, guessed) == nil)
    guessed.birthDate = Fixture.date("1990")
    #expect(BirthDateMatch(known, guessed)?.similarity == 1)
  }

  @Test("only two whole days are the same day")
  func sameDay() {
    let day = Fixture.date("1990-05-17")
    #expect(BirthDateMatch(day, day).isSameDay)
    #expect(!BirthDateMatch(day, Fixture.date("1990")).isSameDay)
    #expect(BirthDateMatch(day, Fixture.date("1990")).precision == .year)
  }
}
