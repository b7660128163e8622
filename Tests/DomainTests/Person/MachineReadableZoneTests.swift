import Domain
import Testing

@Suite struct MachineReadableZoneTests {
  static let today = Fixture.date("2023-07-03")

  /// The specimens of Doc 9303, parts 4, 5 and 6.
  static let passport = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
  ]
  static let card = [
    "I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
  ]
  static let book = [
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6",
  ]

  @Test("the specimens read as printed, every check right", arguments: [passport, card, book])
  func specimens(lines: [String]) throws {
    let zone = try #require(MachineReadableZone(lines: lines, today: Self.today))
    #expect(zone.surname == "ERIKSSON")
    #expect(zone.givenNames == "ANNA MARIA")
    #expect(zone.issuer == "UTO")
    #expect(zone.nationality == "UTO")
    #expect(zone.birthDate == Fixture.date("1974-08-12"))
    #expect(zone.expiryDate == Fixture.date("2012-04-15"))
    #expect(zone.sex == .female)
    #expect(zone.isChecked)
    #expect(
      zone.documentNumber
        == (lines.count == 2 && lines[0].count == 44
          ? "L898902C3" : "D23145890"))
  }

  /// Digits only: a letter counts by its value mod 10, so that L and 1 cannot be told apart.
  @Test("every single wrong digit of a checked field shows")
  func damage() throws {
    let fields = [0..<9, 13..<19, 21..<27, 28..<42]
    for index in fields.joined() {
      var second = Array(Self.passport[1])
      guard second[index].isNumber else { continue }
      second[index] = second[index] == "1" ? "2" : "1"
      let zone = try #require(
        MachineReadableZone(lines: [Self.passport[0], String(second)], today: Self.today))
      #expect(!zone.isChecked, "at \(index)")
    }
  }

  @Test("a card number of more than nine characters runs over into the optional data")
  func longNumber() throws {
    let zone = try #require(
      MachineReadableZone(
        lines: [
          "I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2",
          "STEVENSON<<PETER<JOHN<<<<<<<<<",
        ], today: Self.today))
    #expect(zone.documentNumber == "D23145890734")
    #expect(zone.isChecked)
    #expect(zone.optionalData.isEmpty)
    #expect(zone.birthDate == Fixture.date("1934-07-12"))
  }

  @Test("an unknown day or month of birth stays unknown")
  func partialBirth() throws {
    for (field, expected) in [("85<<<<", "1985"), ("8503<<", "1985-03")] {
      let second = "L898902C36UTO" + field + "0F1204159ZE184226B<<<<<10"
      let zone = try #require(
        MachineReadableZone(lines: [Self.passport[0], second], today: Self.today))
      #expect(zone.birthDate == Fixture.date(expected))
    }
  }

  @Test("a birth is never in the future: the century follows from the day")
  func century() throws {
    for (field, expected) in [("230703", "2023-07-03"), ("230704", "1923-07-04")] {
      let second = "L898902C36UTO" + field + "0F1204159ZE184226B<<<<<10"
      let zone = try #require(
        MachineReadableZone(lines: [Self.passport[0], second], today: Self.today))
      #expect(zone.birthDate == Fixture.date(expected))
    }
  }

  @Test(
    "another shape or alphabet is not read",
    arguments: [
      [], [passport[0]], [passport[0], String(passport[1].dropLast())],
      [passport[0].lowercased(), passport[1]], [passport[1], passport[0], passport[0]],
      [card[0], card[1], "ERIKSSON<<ANNA<MARÍA<<<<<<<<<"],
    ])
  func shape(lines: [String]) {
    #expect(MachineReadableZone(lines: lines, today: Self.today) == nil)
  }

  @Test("what is written reads back")
  func roundTrip() throws {
    let lines = MachineReadableZone.passportLines(
      issuer: "UTO", surname: "Muñoz Güell", givenNames: "Nikte'", number: "12345678",
      birthDate: Fixture.date("1990-02"), sex: .female, expiryDate: Fixture.date("2030-06-30"))
    #expect(lines.map(\.count) == [44, 44])
    let zone = try #require(MachineReadableZone(lines: lines, today: Self.today))
    #expect(zone.isChecked)
    #expect(zone.surname == "MUNOZ GUEELL")
    #expect(zone.givenNames == "NIKTE")
    #expect(zone.documentNumber == "12345678")
    #expect(zone.birthDate == Fixture.date("1990-02"))
    #expect(zone.sex == .female)
  }
}
