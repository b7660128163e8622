import Protobuf
import SafeMobilityAPI
import Testing

@testable import CLI

/// Single words of a command line, both sides of each rule.
@Suite struct ArgumentTests {
  @Test(
    "lengths of time",
    arguments: [
      ("1ms", Duration.milliseconds(1)), ("30", .seconds(30)), ("30s", .seconds(30)),
      ("2m", .seconds(120)), ("60m", .seconds(3_600)), ("3600000ms", .seconds(3_600)),
      ("0s", nil), ("-1s", nil), ("61m", nil), ("3601", nil), ("1h", nil), ("", nil), ("s", nil),
      ("1.5s", nil), ("9999999999ms", nil), ("١s", nil),
    ])
  func timeouts(text: String, duration: Duration?) {
    #expect(TimeoutArgument(argument: text)?.duration == duration)
  }

  @Test(
    "dates, of which less may be known",
    arguments: [
      ("1990-02-28", [1990, 2, 28]), ("1990-02", [1990, 2, 0]), ("1990", [1990, 0, 0]),
      ("2023-02-31", [2023, 2, 31]), ("90", nil), ("1990-2-28", nil), ("1990-02-28-01", nil),
      ("", nil), ("1990-", nil), ("-1990", nil), ("19٩0", nil), ("+990", nil),
    ] as [(String, [Int32]?)])
  func dates(text: String, numbers: [Int32]?) {
    let date = DateArgument(argument: text)?.date
    #expect(date.map { [$0.year, $0.month, $0.day] } == numbers)
  }

  @Test("a date knows how much it knows")
  func precision() {
    #expect(DateArgument(argument: "1990")?.precision == .year)
    #expect(DateArgument(argument: "1990-02")?.precision == .month)
    #expect(DateArgument(argument: "1990-02-28")?.precision == .day)
  }

  @Test(
    "words of the schema in either case, never the one for nothing",
    arguments: [
      ("CONTACT_CENTRE", .contactCentre), ("contact-centre", .contactCentre), ("SELF", .self_),
      ("UNSPECIFIED", nil), ("CHANNEL_SELF", nil), ("", nil), ("OFFICES", nil),
    ] as [(String, SafeMobility.Channel?)])
  func enums(text: String, channel: SafeMobility.Channel?) {
    #expect(EnumArgument<SafeMobility.Channel>(argument: text)?.value == channel)
  }

  @Test(
    "digests",
    arguments: [
      (String(repeating: "aB", count: 32), true), (String(repeating: "a", count: 63), false),
      (String(repeating: "a", count: 65), false), (String(repeating: "g", count: 64), false),
      (String(repeating: "٣", count: 64), false), ("", false),
    ])
  func digests(text: String, isOne: Bool) {
    #expect((DigestArgument(argument: text) != nil) == isOne)
  }

  @Test(
    "lengths with their unit",
    arguments: [
      ("45m", 2_700), ("1h", 3_600), ("90s", 90), ("0m", 0), ("45", nil), ("m", nil), ("-1m", nil),
      ("1d", nil), ("100001s", nil),
    ] as [(String, Int64?)])
  func lengths(text: String, seconds: Int64?) {
    #expect(LengthArgument(argument: text)?.duration.seconds == seconds)
  }

  @Test(
    "members of a household",
    arguments: [
      ("SPOUSE:Juan Quej:1988-11-03", true), ("child:Eva:2012:F", true),
      ("CHILD:Eva:2012::VE", true),
      ("AUNT:Eva:2012", false), ("CHILD::2012", false), ("CHILD:Eva", false),
      ("CHILD:Eva:12", false), ("CHILD:Eva:2012:Q", false), ("CHILD:Eva:2012:F:VE:more", false),
    ])
  func members(text: String, isOne: Bool) {
    #expect((MemberArgument(argument: text) != nil) == isOne)
  }

  @Test(
    "formats",
    arguments: [
      ("table", .table), ("json", .json), ("name", .name), ("value=a.b[1]", .value(path: "a.b[1]")),
      ("value=", nil), ("value", nil), ("yaml", .yaml), ("wide", .wide), ("xml", nil), ("", nil),
    ] as [(String, OutputFormat?)])
  func formats(text: String, format: OutputFormat?) {
    #expect(OutputFormat(argument: text) == format)
  }

  @Test(
    "words for a shell",
    arguments: [
      ("plain-1.2/3:4=5", "plain-1.2/3:4=5"), ("", "''"), ("two words", "'two words'"),
      ("\"etag\"", "'\"etag\"'"), ("it's", "'it'\\''s'"), ("$(rm)", "'$(rm)'"), ("é", "'é'"),
    ])
  func quoting(word: String, quoted: String) {
    #expect(Repetition.quoted(word) == quoted)
  }
}
