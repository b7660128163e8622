import Domain
import Testing

@Suite struct ContactTests {
  @Test(
    "telephone numbers are E.164",
    arguments: [
      ("+50255551234", true), ("+1234567", true), ("+123456", false), ("+123456789012345", true),
      ("+1234567890123456", false), ("50255551234", false), ("+0502555123", false),
      ("+502 5555", false), ("", false), ("+", false), ("+٥٠٢٥٥٥٥١٢٣٤", false),
    ])
  func phones(text: String, isNumber: Bool) {
    #expect((PhoneNumber(rawValue: text) != nil) == isNumber)
  }

  @Test(
    "mail addresses are such that a message can be tried",
    arguments: [
      ("a@example.org", true), ("ñ@ejemplo.gt", true), ("a@b", false), ("a@.org", false),
      ("@example.org", false), ("a@b@c.org", false), ("a b@example.org", false), ("", false),
      (String(repeating: "a", count: 64) + "@example.org", true),
      (String(repeating: "a", count: 65) + "@example.org", false), ("a@example.org\n", false),
    ])
  func mail(text: String, isAddress: Bool) {
    #expect((EmailAddress(rawValue: text) != nil) == isAddress)
  }

  @Test(
    "language tags are well-formed and canonical",
    arguments: [
      ("es-GT", "es-GT"), ("ES-gt", "es-GT"), ("quc", "quc"), ("zh-hant-tw", "zh-Hant-TW"),
      ("es-419", "es-419"), ("de-1996", "de-1996"), ("sl-rozaj", "sl-rozaj"), ("e", nil),
      ("spanish", nil), ("es_GT", nil), ("es-", nil), ("", nil), ("x-private", nil),
      ("en-a-b", nil),
    ])
  func languages(text: String, canonical: String?) {
    #expect(LanguageTag(reading: text)?.rawValue == canonical)
    #expect((LanguageTag(rawValue: text) != nil) == (canonical == text))
  }

  @Test("regions are the 249 codes ISO assigns")
  func regions() {
    #expect(RegionCode.assignedCount == 249)
    for code in ["GT", "US", "CA", "ES", "SV", "HN", "NI"] {
      #expect(RegionCode(rawValue: code) != nil)
    }
    for code in ["gt", "XX", "UK", "EU", "", "GTM", "XK", "AN"] {
      #expect(RegionCode(rawValue: code) == nil, "\(code)")
    }
    #expect(IcaoStatus(code: "XXA") == .stateless)
    #expect(IcaoStatus(code: "GTM") == nil)
  }
}
