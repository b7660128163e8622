import SafeMobilityAPI
import ServiceFixture
import Testing

@testable import Services

@Suite("Formats")
struct FormatTests {
  static let formats: [(SafeMobility.Format, valid: [String], invalid: [String])] = [
    (
      .uuidV4, ["1b4e28ba-2fa1-4d2a-883f-0016d3cca427"],
      ["1b4e28ba-2fa1-1d2a-883f-0016d3cca427", "1b4e28ba2fa14d2a883f0016d3cca427", "x"]
    ),
    (
      .resourceId, ["a", "window-1", String(repeating: "a", count: 63)],
      ["1a", "A", "a-", "a_b", String(repeating: "a", count: 64)]
    ),
    (.etag, ["\"a.1\"", "\"\""], ["a.1", "\"", "\"a"]),
    (.regionCode, ["GT", "US"], ["gt", "GTM", "ZZ", "G"]),
    (.subdivisionCode, ["GT-09", "US-CA"], ["GT09", "GT-", "GT-0909", "ZZ-01", "GT-x"]),
    (.locode, ["GTGUA", "GTXE2"], ["GTGU", "GTGU1", "gtgua", "ZZGUA"]),
    (.languageCode, ["es-GT", "quc", "en"], ["", "-", "K'iche'", "1"]),
    (.timeZone, ["America/Guatemala"], ["Guatemala", "UTC-6"]),
    (.e164, ["+50255550100"], ["50255550100", "+", "+0123456789", "+5025555010055555"]),
    (
      .email, ["a@example.org"],
      ["a", "a@", "@example.org", String(repeating: "a", count: 255) + "@example.org"]
    ),
    (.uri, ["https://example.org/a", "urn:x"], ["example.org", ":a", "https:", "https://a b"]),
    (.rrule, ["FREQ=WEEKLY;BYDAY=MO,TU;COUNT=4"], ["", "FREQ=SOMETIMES", "every Monday"]),
    (.issuerCode, ["UTO", "GTM"], ["UT", "utO", "UTOP"]),
    (.icaoStatus, ["XXA", "XXB", "XXC", "XXX"], ["XXD", "xxa", ""]),
    (
      .mrzLine,
      [
        String(repeating: "<", count: 30), String(repeating: "A", count: 36),
        String(repeating: "9", count: 44),
      ], [String(repeating: "<", count: 31), "a", ""]
    ),
    (.occupationCode, ["9", "9211"], ["", "92110", "x"]),
    (.receipt, [], ["", "AAAA", "IIIIIIII"]),
    (.visitCode, [], ["", "IIII"]),
    (.uid, [], ["", "a", "A"]),
  ]

  @Test("what is of a format passes, what is nearly is named", arguments: Self.formats)
  func checked(
    _ format: SafeMobility.Format, _ valid: [String], _ invalid: [String]
  ) {
    for text in valid { #expect(FormatCheck.problem(with: text, format) == nil, "\(text)") }
    for text in invalid {
      let problem = FormatCheck.problem(with: text, format)
      #expect(problem?.hasPrefix("must be ") == true, "\(text)")
    }
  }

  @Test(
    "text is of form C or it is not",
    arguments: [
      ("Marta", true), ("José", true), ("Jose\u{301}", false), ("K'iche'", true),
      ("Güitzil", true), ("Gu\u{308}itzil", false), ("ñ", true), ("n\u{303}", false),
      // A letter with two marks, the first of which it composes with.
      ("ẹ\u{301}", true), ("e\u{323}\u{301}", false),
      // A mark that belongs before the one that is in the letter already.
      ("é\u{323}", false), ("ế", true), ("ê\u{301}", false), ("ê\u{30C}\u{301}", true),
      // No letter stands for x and acute.
      ("x\u{301}", true), ("\u{301}", true),
      // Marks out of order.
      ("x\u{301}\u{323}", false), ("x\u{323}\u{301}", true),
      ("\u{212B}", false), ("\u{2126}", false), ("Å", true),
      ("\u{AC00}", true), ("\u{1100}\u{1161}", false), ("\u{AC00}\u{11A8}", false),
      ("\u{AC01}", true), ("မြန်မာ", true), ("日本語", true), ("😀", true), ("", true),
    ])
  func composed(_ text: String, _ isComposed: Bool) {
    let scalars = text.unicodeScalars.map { String($0.value, radix: 16) }
    #expect(NormalForm.isComposed(text) == isComposed, "\(scalars)")
  }
}
