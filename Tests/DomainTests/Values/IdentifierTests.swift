import Domain
import Testing

@Suite struct IdentifierTests {
  @Test("new ids are canonical, and the same seed gives the same id")
  func ids() throws {
    var random = SplitMix64(seed: 42)
    var seen: Set<String> = []
    for _ in 0..<2_000 {
      let id = RegistrationID(using: &random)
      #expect(id.rawValue.utf8.count == 27)
      #expect(RegistrationID(rawValue: id.rawValue) == id)
      #expect(seen.insert(id.rawValue).inserted)
    }
    var again = SplitMix64(seed: 42)
    #expect(seen.contains(RegistrationID(using: &again).rawValue))
  }

  @Test("128 bits of ones and of zeros are the ends of the range")
  func range() {
    struct Constant: RandomNumberGenerator {
      let word: UInt64
      func next() -> UInt64 { word }
    }
    var zeros = Constant(word: 0)
    var ones = Constant(word: .max)
    #expect(SlotID(using: &zeros).rawValue == String(repeating: "0", count: 27))
    #expect(SlotID(using: &ones).rawValue.hasPrefix("7" + String(repeating: "z", count: 25)))
  }

  @Test("every wrong character of an id is found, and most swaps of neighbours")
  func check() throws {
    var random = SplitMix64(seed: 7)
    let id = PersonID(using: &random)
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    var letters = Array(id.rawValue)
    for index in letters.indices {
      let original = letters[index]
      for other in alphabet where other != original {
        letters[index] = other
        #expect(PersonID(rawValue: String(letters)) == nil, "\(other) at \(index)")
      }
      letters[index] = original
    }
    for index in letters.indices.dropLast() where letters[index] != letters[index + 1] {
      if Set([letters[index], letters[index + 1]]) == ["0", "z"] { continue }
      letters.swapAt(index, index + 1)
      #expect(PersonID(rawValue: String(letters)) == nil, "swap at \(index)")
      letters.swapAt(index, index + 1)
    }
  }

  @Test("an id in another case or length is none")
  func shape() throws {
    var random = SplitMix64(seed: 8)
    let text = PersonID(using: &random).rawValue
    for wrong in [text.uppercased(), String(text.dropLast()), text + "0", "", "é"] {
      #expect(wrong == text || PersonID(rawValue: wrong) == nil)
    }
  }

  @Test("a receipt is read as people write it, and a look-alike letter is the digit")
  func receipts() throws {
    var random = SplitMix64(seed: 9)
    for _ in 0..<500 {
      let receipt = Receipt(using: &random)
      #expect(receipt.rawValue.count == 8)
      let typed = receipt.description.lowercased().replacing("0", with: "o")
        .replacing("1", with: "l")
      #expect(Receipt(typed: " \(typed) ") == receipt)
      #expect(Receipt(rawValue: receipt.rawValue) == receipt)
      #expect(VisitCode(typed: receipt.rawValue) == nil)
    }
    #expect(Receipt(typed: "") == nil)
    #expect(Receipt(typed: "00000000")?.rawValue == "00000000")
    #expect(Receipt(typed: "00000001") == nil)
    #expect(VisitCode(using: &random).rawValue.count == 6)
  }

  @Test(
    "slugs are short, lower-case, and begin and end well",
    arguments: [
      ("gt-xel-01", true), ("a", true), (String(repeating: "a", count: 63), true),
      (String(repeating: "a", count: 64), false), ("", false), ("-a", false), ("a-", false),
      ("A", false), ("a b", false), ("a/b", false), ("é", false),
    ])
  func slugs(text: String, isSlug: Bool) {
    #expect((OfficeID(rawValue: text) != nil) == isSlug)
  }

  @Test("a service is named inside its office")
  func pairs() throws {
    let office = try #require(OfficeID(rawValue: "gt-xel-01"))
    let service = try #require(ServiceOfferID(office: office, code: "interview"))
    #expect(service.rawValue == "gt-xel-01/interview")
    #expect(service.office == office)
    #expect(service.code == "interview")
    for wrong in ["gt-xel-01", "a/b/c", "/a", "a/", "A/b"] {
      #expect(ServiceOfferID(rawValue: wrong) == nil)
    }
  }

  @Test("an entity tag round-trips, and only its own spelling is read")
  func etags() throws {
    let version = try #require(Version(rawValue: 12))
    let tag = Etag(uid: "abc", version: version)
    #expect(tag.text == "\"abc.12\"")
    #expect(Etag(text: tag.text) == tag)
    for wrong in [
      "", "*", "abc.12", "W/\"abc.12\"", "\"abc.012\"", "\"abc.+12\"", "\"abc.0\"", "\".1\"",
      "\"abc\"", "\"", "\"abc.99999999999999999999\"",
    ] {
      #expect(Etag(text: wrong) == nil, "\(wrong)")
    }
    #expect(Version(rawValue: 0) == nil)
  }

  @Test("an id derived from a name is canonical, stable, and another name's is another")
  func derived() {
    let uids = ReferenceData.pathways.map(\.uid)
    #expect(Set(uids).count == uids.count)
    #expect(uids.allSatisfy { ResourceUID(rawValue: $0.rawValue) == $0 })
  }
}
