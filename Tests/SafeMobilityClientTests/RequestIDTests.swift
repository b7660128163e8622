import SafeMobilityClient
import Testing

@Suite struct RequestIDTests {
  /// Hands out the words it is given, again and again.
  struct Words: RandomNumberGenerator {
    var words: [UInt64]
    var index = 0

    mutating func next() -> UInt64 {
      defer { index += 1 }
      return words[index % words.count]
    }
  }

  @Test(
    "whatever the random bits, an id is a UUID of version 4 in lower case",
    arguments: [
      ([0, 0], "00000000-0000-4000-8000-000000000000"),
      ([.max, .max], "ffffffff-ffff-4fff-bfff-ffffffffffff"),
      ([0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210], "01234567-89ab-4def-bedc-ba9876543210"),
    ] as [([UInt64], String)])
  func form(words: [UInt64], text: String) {
    var random = Words(words: words)
    let id = RequestID(using: &random)
    #expect(id.text == text)
    #expect(RequestID(text) == id)
  }

  @Test("two ids are different ids")
  func different() {
    let ids = (0..<1_000).map { _ in RequestID.make() }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { RequestID($0.text) == $0 })
  }

  @Test(
    "an id is read in either case, and nothing else is",
    arguments: [
      ("0f8fad5b-d9cb-469f-a165-70867728950e", true),
      ("0F8FAD5B-D9CB-469F-A165-70867728950E", true),
      ("0f8fad5b-d9cb-169f-a165-70867728950e", false),
      ("0f8fad5b-d9cb-469f-c165-70867728950e", false),
      ("0f8fad5b-d9cb-469f-7165-70867728950e", false),
      ("0f8fad5b-d9cb-469f-a165-70867728950", false),
      ("0f8fad5b-d9cb-469f-a165-70867728950e0", false),
      ("0f8fad5bd-9cb-469f-a165-70867728950e", false),
      ("0f8fad5g-d9cb-469f-a165-70867728950e", false), ("", false),
    ])
  func reading(text: String, isOne: Bool) {
    #expect((RequestID(text) != nil) == isOne)
    #expect(RequestID(text)?.text == (isOne ? text.lowercased() : nil))
  }
}
