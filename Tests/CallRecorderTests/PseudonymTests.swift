import CallRecorder
import Testing

@Suite("Pseudonyms")
struct PseudonymTests {
  private let pseudonyms = Pseudonyms(key: Array(0..<32))

  @Test("are the same for the same, and others under another key")
  func same() {
    let other = Pseudonyms(key: Array(1..<33))
    for text in ["María José", "2345 67890 0101", "ana@example.com", "+50255551234"] {
      #expect(pseudonyms.text(text) == pseudonyms.text(text))
      #expect(pseudonyms.text(text) != text)
      #expect(pseudonyms.text(text) != other.text(text))
    }
    #expect(pseudonyms.text("").isEmpty)
  }

  @Test("have the shape of what they stand for")
  func shape() {
    let name = pseudonyms.text("María-José Pérez 2")
    #expect(name.count == 18)
    #expect(name.filter { !$0.isLetter && !$0.isNumber } == "-  ")
    #expect(name.first?.isUppercase == true && name.last?.isNumber == true)
    #expect(pseudonyms.text("ana.lopez@gob.gt").hasSuffix("@example.org"))
    let phone = pseudonyms.text("+50255551234")
    #expect(phone.hasPrefix("+5020") && phone.count == 12)
    let cui = pseudonyms.text("2345 67890 0101")
    #expect(cui.count == 13 && cui.hasSuffix("9901"))
    let parent = pseudonyms.text("registrations/abc/persons/def")
    #expect(parent.hasPrefix("registrations/") && parent.contains("/persons/"))
    #expect(!parent.contains("abc") && !parent.contains("def"))
  }

  @Test("of parts of a date make a date, and of nothing nothing")
  func dates() {
    for value in UInt64(1)...40 {
      #expect((1950..<2000).contains(pseudonyms.integer(value, named: "year")))
      #expect((1...12).contains(pseudonyms.integer(value, named: "month")))
      #expect((1...28).contains(pseudonyms.integer(value, named: "day")))
    }
    #expect(pseudonyms.integer(0, named: "month") == 0)
    #expect(pseudonyms.choice(0, of: [1, 2]) == 0)
    #expect([1, 2].contains(pseudonyms.choice(9, of: [1, 2])))
  }
}
