import Foundation
import Logging
import Testing

@testable import RPCObservability

@Suite("lines of the log")
struct LineLogHandlerTests {
  private let log = LogLines()

  @Test("an event is one line of logfmt, metadata by name")
  func text() {
    log.logger(.text).info("it is up", metadata: ["port": "80", "b": "", "a": "x y"])
    #expect(
      log.text
        == #"time=2023-06-12T12:00:00.001234Z level=info label=test message="it is up" a="x y" b="" port=80"#
        + "\n")
  }

  @Test("an event is one JSON object")
  func json() throws {
    log.logger(.json, label: "a.b").error("no", metadata: ["n": .array(["1", "2"])])
    #expect(
      log.text
        == #"{"time":"2023-06-12T12:00:00.001234Z","level":"error","label":"a.b","message":"no","n":"[\"1\", \"2\"]"}"#
        + "\n")
  }

  static let attacks = [
    "a\nlevel=error message=forged", "a\r\nb", "\u{1b}[2J\u{1b}[31mred", "a\u{2028}b\u{2029}c",
    "\"} {\"level\":\"critical", "a\\", "nul\0nul", "\u{7f}\u{85}\u{9b}31m", "\u{202e}desrever",
    "tab\ttab", "zero\u{200b}width\u{feff}", "tag\u{e0041}", "é😀", "a=b c=d",
    String(decoding: [0x61, 0xFF, 0xC0, 0x80, 0x62] as [UInt8], as: UTF8.self),
  ]

  @Test("no text ends its line, leaves its field or reaches the terminal", arguments: attacks)
  func injection(attack: String) throws {
    for format in LineLogHandler.Format.allCases {
      let log = LogLines()
      log.logger(format).warning(
        "\(attack)", metadata: ["k": "\(attack)", "key \(attack)": "v", "last": "1"])
      #expect(log.bytes.filter { $0 == 0x0A }.count == 1 && log.bytes.last == 0x0A)
      let line = try #require(log.lines.first)
      for scalar in line.unicodeScalars {
        #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
        #expect(![0x2028, 0x2029, 0x202E, 0x200B, 0xFEFF, 0xE0041].contains(scalar.value))
      }
      if format == .json {
        let read = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        let fields = try #require(read)
        #expect(fields["message"] == attack && fields["k"] == attack)
        #expect(fields["level"] == "warning" && fields.count == 7)
      } else {
        // With the quoted parts taken out, what is left has just our own fields.
        let bare = line.replacing(#/"(?:[^"\\]|\\.)*"/#, with: "Q")
        #expect(bare.split(separator: " ").count == 7)
        #expect(bare.contains("level=warning") && !bare.contains("level=error"))
      }
    }
  }

  @Test("metadata cannot take the place of the fields of every line")
  func fixedKeys() {
    log.logger(.text).info("m", metadata: ["level": "x", "message": "y", "error": "z"])
    #expect(log.text.contains(" level=info label=test message=m "))
    #expect(log.text.hasSuffix(" metadata.error=z metadata.level=x metadata.message=y\n"))
  }

  @Test("messages, values, keys and their number are bounded")
  func bounds() {
    let long = String(repeating: "é", count: 100_000)
    var metadata: Logger.Metadata = [:]
    for index in 0..<1000 { metadata["\(index)\(long)"] = "\(long)" }
    log.logger(.json).info("\(long)", metadata: metadata)
    #expect(log.bytes.count < 40_000)
    #expect(log.text.contains(String(repeating: "é", count: 2048) + "…\""))
    log.logger(.text).info("\(String(repeating: "x", count: 4096))")
    #expect(log.text.hasSuffix("message=" + String(repeating: "x", count: 4096) + "\n"))
  }

  @Test("an event's own metadata come before the provider's, those before the logger's")
  func precedence() {
    var logger = log.logger(
      .text, provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
    logger[metadataKey: "a"] = "logger"
    logger[metadataKey: "c"] = "logger"
    logger.info("m", metadata: ["a": "event"])
    #expect(log.text.hasSuffix(" a=event b=provider c=logger\n"))
  }

  @Test("what is below the level is not written")
  func levels() {
    log.logger(.text, level: .warning).info("no")
    log.logger(.text, level: .warning).warning("yes")
    #expect(log.lines.count == 1)
  }

  @Test("an error is a field")
  func errors() {
    log.logger(.text).error("failed", error: CancellationError())
    #expect(log.text.contains(#" message=failed error=CancellationError()"#))
  }
}

@Suite("time in the log")
struct TimestampTests {
  @Test(
    "every day is the calendar's",
    arguments: [
      (0, 0, "1970-01-01T00:00:00.000000Z"),
      (951_782_399, 999_999_999, "2000-02-28T23:59:59.999999Z"),
      (951_782_400, 0, "2000-02-29T00:00:00.000000Z"),
      (4_107_542_400, 0, "2100-03-01T00:00:00.000000Z"),
      (-1, 5000, "1969-12-31T23:59:59.000005Z"),
      (-2_203_977_600, 0, "1900-02-28T00:00:00.000000Z"),
    ] as [(Int64, Int64, String)])
  func rfc3339(seconds: Int64, nanoseconds: Int64, text: String) {
    #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).rfc3339 == text)
  }

  @Test("it agrees with Foundation", arguments: 1...200)
  func agrees(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let seconds = Int64(generator.next() % 8_000_000_000)
    let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let text = Timestamp(seconds: seconds, nanoseconds: 0).rfc3339
    #expect(text.replacing(".000000Z", with: "Z") == expected)
  }

  @Test("now is now")
  func now() {
    #expect(abs(Double(Timestamp.now().seconds) - Date().timeIntervalSince1970) < 2)
  }
}
