import Protobuf
import Testing

typealias Timestamp = GoogleProtobuf.Timestamp

@Suite("Timestamps")
struct TimestampTests {
  static let moments: [(seconds: Int64, nanos: Int32, text: String)] = [
    (0, 0, "1970-01-01T00:00:00Z"),
    (1_686_558_600, 0, "2023-06-12T08:30:00Z"),
    (951_782_400, 500_000_000, "2000-02-29T00:00:00.500Z"),
    (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
    (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
    (253_402_300_799, 999_999_000, "9999-12-31T23:59:59.999999Z"),
    (4_107_542_399, 1_000, "2100-02-28T23:59:59.000001Z"),
  ]

  @Test("Text is written and read back", arguments: moments)
  func text(_ moment: (seconds: Int64, nanos: Int32, text: String)) throws {
    let timestamp = Timestamp.with {
      $0.seconds = moment.seconds
      $0.nanos = moment.nanos
    }
    #expect(timestamp.text == moment.text)
    #expect(Timestamp(text: moment.text) == timestamp)
  }

  @Test(
    "Offsets, lower case and short fractions are read",
    arguments: [
      ("2023-06-12T02:30:00-06:00", "2023-06-12T08:30:00Z"),
      ("2023-06-12T08:30:00.5+00:00", "2023-06-12T08:30:00.500Z"),
      ("2023-06-12t08:30:00z", "2023-06-12T08:30:00Z"),
    ])
  func variants(_ input: String, _ canonical: String) {
    #expect(Timestamp(text: input)?.text == canonical)
  }

  @Test(
    "What is no moment is refused",
    arguments: [
      "", "2023-06-12", "2023-06-12T08:30:00", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
      "2023-00-01T00:00:00Z", "2023-04-31T00:00:00Z", "2023-06-12T24:00:00Z",
      "2023-06-12T08:60:00Z", "2023-06-12T08:30:60Z", "0000-01-01T00:00:00Z",
      "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01", "2023-06-12T08:30:00.Z",
      "2023-06-12T08:30:00.1234567890Z", "2023-06-12T08:30:00Zx", "2023-6-12T08:30:00Z",
      "2023-06-12T08:30:00+24:00", "２023-06-12T08:30:00Z", "1900-02-29T00:00:00Z",
    ])
  func refused(_ text: String) {
    #expect(Timestamp(text: text) == nil)
  }

  @Test("Microseconds go both ways, before 1970 too", arguments: [0, 1, -1, 1_686_558_600_123_456])
  func microseconds(_ value: Int64) {
    let timestamp = Timestamp(microsecondsSinceEpoch: value)
    #expect(timestamp.nanos >= 0)
    #expect(timestamp.microsecondsSinceEpoch == value)
  }

  @Test("A timestamp out of range is not valid and has no text")
  func range() {
    for (seconds, nanos): (Int64, Int32) in [
      (-62_135_596_801, 0), (253_402_300_800, 0), (0, -1), (0, 1_000_000_000), (.min, 0),
    ] {
      let timestamp = Timestamp.with {
        $0.seconds = seconds
        $0.nanos = nanos
      }
      #expect(!timestamp.isValid)
      #expect(timestamp.text == nil)
      #expect(timestamp.microsecondsSinceEpoch == nil)
    }
  }

  @Test("Every day of four centuries has its text, and comes back")
  func everyDay() {
    for day in Int64(-73_000)..<73_500 {
      let timestamp = Timestamp(microsecondsSinceEpoch: day * 86_400_000_000)
      guard let text = timestamp.text, Timestamp(text: text) == timestamp else {
        Issue.record("day \(day)")
        return
      }
    }
  }
}
