import Domain
import Testing

@Suite struct CuiTests {
  @Test(
    "the check of eight digits is their weighted sum mod 11",
    arguments: [
      ("12345678", 9), ("10000001", 0), ("99999999", 0), ("20000008", 10), ("00000000", 0),
    ])
  func remainder(serial: String, expected: Int) {
    #expect(Cui.remainder(serial) == expected)
  }

  @Test(
    "what is odd about a number is said, and nothing is refused for it",
    arguments: [
      ("1234567890101", []), ("1234567880101", [DocumentWarning.cuiCheckFailed]),
      ("2000000800101", [.cuiCheckAmbiguous]), ("2000000810101", [.cuiCheckFailed]),
      ("1234567890117", []), ("1234567890118", [.cuiPlaceUnknown]),
      ("1234567890100", [.cuiPlaceUnknown]), ("1234567899901", [.cuiPlaceUnknown]),
      ("1234567892217", []), ("1234567892301", [.cuiPlaceUnknown]),
    ])
  func warnings(text: String, expected: [DocumentWarning]) throws {
    #expect(try #require(Cui(rawValue: text)).warnings == expected)
  }

  @Test("a typed number may have spaces and hyphens, and is printed in groups")
  func typed() throws {
    let cui = try #require(Cui(typed: "1234 56789-9901"))
    #expect(cui.rawValue == "1234567899901")
    #expect(cui.description == "1234 56789 9901")
    #expect(Cui(serial: "12345678", department: 99, municipality: 1) == cui)
  }

  @Test(
    "thirteen digits are a number and nothing else is",
    arguments: ["", "123456789010", "12345678901012", "123456789010a", "١٢٣٤٥٦٧٨٩٠١٠١"])
  func shape(text: String) {
    #expect(Cui(rawValue: text) == nil)
  }
}
