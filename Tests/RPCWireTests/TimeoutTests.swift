import RPCWire
import Testing

@Suite("grpc-timeout (Q10, Q11)")
struct TimeoutTests {
  private func decode(_ text: String) -> Duration? { Timeout.decode(Array(text.utf8).span) }

  @Test(
    "values that can be read",
    arguments: [
      ("1n", .nanoseconds(1)), ("1u", .microseconds(1)), ("1m", .milliseconds(1)),
      ("1S", .seconds(1)), ("1M", .seconds(60)), ("1H", .seconds(3600)), ("0S", .zero),
      ("00000000H", .zero), ("00000001n", .nanoseconds(1)), ("99999999n", .nanoseconds(99_999_999)),
      ("99999999S", .seconds(99_999_999)), ("99999999M", .seconds(99_999_999 * 60)),
      ("2562047H", .seconds(2_562_047 * 3600)), ("2562048H", Timeout.longest),
      ("99999999H", Timeout.longest),
    ] as [(String, Duration)])
  func readable(text: String, duration: Duration) {
    #expect(decode(text) == duration)
  }

  @Test(
    "values that cannot",
    arguments: [
      "", "1", "S", "100000000S", "-1S", "+1S", "1.5S", "1 S", " 1S", "1S ", "1s", "1h", "1N", "1U",
      "1ms", "0x1S", "1e1S", "١S", "1,2S", "123456789", "SS", "1\nS",
    ])
  func unreadable(text: String) {
    #expect(decode(text) == nil)
  }

  @Test(
    "the finest unit with at most 8 digits is sent, rounded up",
    arguments: [
      (.nanoseconds(1), "1n"), (.nanoseconds(99_999_999), "99999999n"),
      (.nanoseconds(100_000_000), "100000u"), (.nanoseconds(100_000_001), "100001u"),
      (.microseconds(99_999_999), "99999999u"), (.microseconds(100_000_000), "100000m"),
      (.milliseconds(99_999_999), "99999999m"), (.milliseconds(100_000_000), "100000S"),
      (.milliseconds(100_000_001), "100001S"), (.seconds(99_999_999), "99999999S"),
      (.seconds(100_000_000), "1666667M"), (.seconds(99_999_999 * 60), "99999999M"),
      (.seconds(100_000_000 * 60), "1666667H"), (.seconds(Int64.max), "99999999H"),
      (Duration(secondsComponent: 0, attosecondsComponent: 1), "1n"), (.zero, "0n"),
      (.seconds(-1), "0n"), (.nanoseconds(-1), "0n"),
    ] as [(Duration, String)])
  func sent(duration: Duration, text: String) {
    #expect(Timeout.encode(duration) == text)
  }

  @Test("what is sent reads as no less, and less than a unit more (Q11)")
  func roundTripNeverShortens() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let units: [Character: Duration] = [
      "n": .nanoseconds(1), "u": .microseconds(1), "m": .milliseconds(1), "S": .seconds(1),
      "M": .seconds(60), "H": .seconds(3600),
    ]
    for _ in 0..<10_000 {
      // Every magnitude is as likely as every other.
      let nanoseconds =
        Int64.random(in: 0...Int64.max, using: &random)
        >> Int64.random(
          in: 0...62, using: &random)
      let duration = Duration.nanoseconds(nanoseconds)
      let text = Timeout.encode(duration)
      let decoded = try #require(decode(text), "seed \(seed): \(text)")
      let unit = try #require(text.last.flatMap { units[$0] })
      #expect(decoded >= duration, "seed \(seed): \(duration) as \(text)")
      #expect(decoded < duration + unit, "seed \(seed): \(duration) as \(text)")
    }
  }
}
