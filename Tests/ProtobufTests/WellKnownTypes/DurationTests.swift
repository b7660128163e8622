import Protobuf
import Testing

@Suite("Durations")
struct DurationTests {
  static let lengths: [(seconds: Int64, nanos: Int32, text: String)] = [
    (0, 0, "0s"), (1, 500_000_000, "1.500s"), (-1, -500_000_000, "-1.500s"),
    (0, -1, "-0.000000001s"), (3, 1000, "3.000001s"), (315_576_000_000, 0, "315576000000s"),
    (-315_576_000_000, 0, "-315576000000s"),
  ]

  @Test("Text is written and read back", arguments: lengths)
  func text(_ length: (seconds: Int64, nanos: Int32, text: String)) {
    let duration = GoogleProtobuf.Duration.with {
      $0.seconds = length.seconds
      $0.nanos = length.nanos
    }
    #expect(duration.text == length.text)
    #expect(GoogleProtobuf.Duration(text: length.text) == duration)
    #expect(duration.swiftDuration.map { GoogleProtobuf.Duration($0) } == duration)
  }

  @Test(
    "What is no duration is refused",
    arguments: ["", "1", "s", "-s", "1.s", ".5s", "1s ", "+1s", "315576000001s", "9999999999999s"])
  func refused(_ text: String) {
    #expect(GoogleProtobuf.Duration(text: text) == nil)
  }

  @Test("Seconds and nanoseconds must agree in sign and stay in range")
  func validity() {
    for (seconds, nanos): (Int64, Int32) in [
      (1, -1), (-1, 1), (315_576_000_001, 0), (0, 1_000_000_000),
    ] {
      let duration = GoogleProtobuf.Duration.with {
        $0.seconds = seconds
        $0.nanos = nanos
      }
      #expect(!duration.isValid)
      #expect(duration.swiftDuration == nil)
    }
  }
}
