import Domain
import Testing

@Suite struct CivilDateTests {
  @Test(
    "dates that no calendar has are not made",
    arguments: [
      (2023, 2, 29), (2023, 2, 30), (1900, 2, 29), (2023, 4, 31), (2023, 13, 1), (2023, 0, 1),
      (2023, 1, 32), (0, 1, 1), (10_000, 1, 1), (2023, -1, 1), (2023, 1, -1), (-5, 0, 0),
    ])
  func impossible(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(
    "dates that a calendar has are, also in part",
    arguments: [
      (2024, 2, 29, "2024-02-29"), (2000, 2, 29, "2000-02-29"), (1, 1, 1, "0001-01-01"),
      (9_999, 12, 31, "9999-12-31"), (1985, 3, 0, "1985-03"), (1985, 0, 0, "1985"),
    ])
  func possible(year: Int, month: Int, day: Int, text: String) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(date.description == text)
    #expect(CivilDate(text) == date)
  }

  @Test(
    "only the canonical text is read",
    arguments: [
      "", "2023-6-12", "2023-06-12T", "23-06-12", "2023-06-00", "2023-00", "2023--12", "2023-",
      "+023-06-12", "2023-06-12-01", "２０２３",
    ])
  func text(text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test("day numbers count every day of four centuries, there and back")
  func dayNumbers() throws {
    var day = try #require(CivilDate("1970-01-01")?.dayNumber)
    #expect(day == 0)
    for year in 1900...2300 {
      for month in 1...12 {
        for date in 1...CivilDate.dayCount(year: year, month: month) {
          let civil = try #require(CivilDate(year: year, month: month, day: date))
          if year == 1900, month == 1, date == 1 { day = civil.dayNumber ?? 0 }
          guard civil.dayNumber == day, CivilDate(dayNumber: day) == civil else {
            Issue.record("\(civil) is not day \(day)")
            return
          }
          day += 1
        }
      }
    }
  }

  @Test("day numbers end with the years 1 and 9999")
  func ends() {
    #expect(CivilDate(dayNumber: .min).description == "0001-01-01")
    #expect(CivilDate(dayNumber: .max).description == "9999-12-31")
  }

  @Test("a partial date may be any of its days and is never the first of January")
  func partial() throws {
    let year = try #require(CivilDate("1985"))
    #expect(year.precision == .year)
    #expect(year.dayNumber == nil)
    #expect(year.earliest.description == "1985-01-01")
    #expect(year.latest.description == "1985-12-31")
    #expect(try #require(CivilDate("2024-02")).latest.description == "2024-02-29")
    #expect(year != CivilDate("1985-01-01"))
    #expect(!year.isSurelyBefore(try #require(CivilDate("1985-12-31"))))
    #expect(year.isSurelyBefore(try #require(CivilDate("1986"))))
  }

  @Test("who is born on a leap day is a year older on the first of March")
  func leapDay() throws {
    let born = try #require(CivilDate("2004-02-29"))
    #expect(born.adding(years: 18)?.description == "2022-03-01")
    #expect(born.adding(years: 20)?.description == "2024-02-29")
    #expect(born.adding(days: 1)?.description == "2004-03-01")
  }

  @Test("an instant is written in RFC 3339, and midnight in Guatemala is six in UTC")
  func instants() throws {
    #expect(Fixture.now.description == "2023-07-03T15:00:00Z")
    #expect((Fixture.now + .microseconds(1)).description == "2023-07-03T15:00:00.000001Z")
    #expect(Instant.earliest.description == "0001-01-01T00:00:00Z")
    #expect(Instant.latest.description == "9999-12-31T23:59:59.999999Z")
    #expect(Instant.latest + .seconds(1) == .latest)
    #expect(Instant.earliest - .days(400) == .earliest)
    let midnight = try #require(
      FixedZone.guatemala.instant(Fixture.date("2023-06-12"), minuteOfDay: 0))
    #expect(midnight.description == "2023-06-12T06:00:00Z")
    #expect(FixedZone.guatemala.local(midnight).date.description == "2023-06-12")
    #expect(
      FixedZone.guatemala.local(midnight - .microseconds(1)).date.description == "2023-06-11")
  }

  @Test("zones with summer time are refused", arguments: ["America/New_York", "", "GMT-6"])
  func zones(name: String) {
    #expect(FixedZone(rawValue: name) == nil)
  }
}
