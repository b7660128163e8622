import Domain
import Testing

@Suite struct RecurrenceRuleTests {
  /// 2023-07-03 is a Monday.
  static func days(
    _ text: String, from first: String = "2023-07-03", in span: ClosedRange<Int> = 0...60
  ) throws -> [String] {
    let start = try #require(Fixture.date("2023-07-03").dayNumber)
    return try RecurrenceRule(text: text).occurrences(
      from: Fixture.date(first), minuteOfDay: 480, zone: .guatemala,
      in: (start + span.lowerBound)..<(start + span.upperBound + 1)
    ).map { $0.minuteOfDay == 480 ? "\($0.day)" : "\($0.day) \($0.minuteOfDay)" }
  }

  @Test("every third day, three times")
  func daily() throws {
    #expect(
      try Self.days("FREQ=DAILY;INTERVAL=3;COUNT=3")
        == ["2023-07-03", "2023-07-06", "2023-07-09"])
  }

  @Test("weekdays of every other week count from the first day's week")
  func weekly() throws {
    #expect(
      try Self.days("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=5", from: "2023-07-05")
        == ["2023-07-06", "2023-07-17", "2023-07-20", "2023-07-31", "2023-08-03"])
  }

  @Test("without BYDAY the first day's weekday is meant")
  func weekday() throws {
    #expect(
      try Self.days("FREQ=WEEKLY", from: "2023-07-05", in: 0...20)
        == ["2023-07-05", "2023-07-12", "2023-07-19"])
  }

  @Test("BYDAY narrows a daily rule")
  func narrowed() throws {
    #expect(
      try Self.days("FREQ=DAILY;BYDAY=SA,SU", in: 0...13)
        == ["2023-07-08", "2023-07-09", "2023-07-15", "2023-07-16"])
  }

  @Test("COUNT is counted from the first day, also when only later days are asked for")
  func countBefore() throws {
    #expect(try Self.days("FREQ=DAILY;COUNT=5", in: 3...60) == ["2023-07-06", "2023-07-07"])
    #expect(try Self.days("FREQ=DAILY;COUNT=5", in: 5...60).isEmpty)
  }

  @Test("UNTIL takes its own day, or its own instant, and nothing after")
  func until() throws {
    #expect(try Self.days("FREQ=DAILY;UNTIL=20230704") == ["2023-07-03", "2023-07-04"])
    // Eight in the morning in Guatemala is 14:00 in UTC.
    #expect(
      try Self.days("FREQ=DAILY;UNTIL=20230704T140000Z") == ["2023-07-03", "2023-07-04"])
    #expect(try Self.days("FREQ=DAILY;UNTIL=20230704T135959Z") == ["2023-07-03"])
    #expect(try Self.days("FREQ=DAILY;UNTIL=20230702").isEmpty)
  }

  @Test(
    "BYHOUR and BYMINUTE give several a day, from the first start on, each of which COUNT counts")
  func times() throws {
    #expect(
      try Self.days("FREQ=DAILY;BYHOUR=9,8,7;BYMINUTE=30,0;COUNT=6") == [
        "2023-07-03", "2023-07-03 510", "2023-07-03 540", "2023-07-03 570", "2023-07-04 420",
        "2023-07-04 450",
      ])
    #expect(
      try Self.days("FREQ=WEEKLY;BYMINUTE=0,20", in: 0...7)
        == ["2023-07-03", "2023-07-03 500", "2023-07-10", "2023-07-10 500"])
    #expect(try Self.days("FREQ=DAILY;BYHOUR=8,10", in: 1...1) == ["2023-07-04", "2023-07-04 600"])
    #expect(
      try Self.days("FREQ=DAILY;BYHOUR=8,10;UNTIL=20230704T140000Z")
        == ["2023-07-03", "2023-07-03 600", "2023-07-04"])
  }

  @Test("nothing happens before the first day")
  func before() throws {
    #expect(try Self.days("FREQ=DAILY", from: "2023-07-10", in: 0...6).isEmpty)
    #expect(try Self.days("FREQ=DAILY", from: "2023-07-10", in: 0...7) == ["2023-07-10"])
    #expect(try Self.days("FREQ=DAILY", from: "2023-07").isEmpty)
  }

  @Test(
    "what is not supported or not a rule is refused",
    arguments: [
      "", "FREQ", "FREQ=", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "INTERVAL=2",
      "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1",
      "FREQ=DAILY;INTERVAL=367", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=10001",
      "FREQ=DAILY;COUNT=1;UNTIL=20230704", "FREQ=DAILY;UNTIL=2023070", "FREQ=DAILY;UNTIL=20230732",
      "FREQ=DAILY;UNTIL=20230704T140000", "FREQ=DAILY;UNTIL=20230704T250000Z",
      "FREQ=DAILY;UNTIL=20230704T+10000Z", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=",
      "FREQ=WEEKLY;BYDAY=MO,", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYHOUR=", "FREQ=DAILY;BYHOUR=8,",
      "FREQ=DAILY;BYMINUTE=60", "FREQ=DAILY;BYMINUTE=-1", "FREQ=DAILY;BYMONTH=1", "FREQ=DAILY;",
      "FREQ=DAILY;WKST=SU", "FREQ=DAILY;X-OTHER=1", "FREQ==DAILY",
    ])
  func refused(text: String) {
    #expect(
      refusal { () throws(Refusal) in _ = try RecurrenceRule(text: text) } == .fieldInvalid)
  }

  @Test(
    "the limits of the numbers are taken, in any case of letters",
    arguments: [
      "FREQ=DAILY;INTERVAL=366", "FREQ=DAILY;COUNT=10000", "freq=weekly;byday=mo",
      "FREQ=DAILY;WKST=MO",
    ])
  func taken(text: String) {
    #expect(refusal { () throws(Refusal) in _ = try RecurrenceRule(text: text) } == nil)
  }
}
