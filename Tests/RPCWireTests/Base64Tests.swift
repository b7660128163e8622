import Testing

@testable import RPCWire

@Suite("Base64 (Q13)")
struct Base64Tests {
  private func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }
  private func decode(_ text: [UInt8]) -> [UInt8]? { Base64.decode(text.span) }
  private func encode(_ bytes: [UInt8]) -> [UInt8] { Base64.encode(bytes.span) }

  @Test(
    "bytes and their text, without and with padding",
    arguments: [
      ("", "", ""), ("f", "Zg", "Zg=="), ("fo", "Zm8", "Zm8="), ("foo", "Zm9v", "Zm9v"),
      ("foob", "Zm9vYg", "Zm9vYg=="), ("fooba", "Zm9vYmE", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy", "Zm9vYmFy"),
    ])
  func vectors(plain: String, unpadded: String, padded: String) {
    #expect(encode(Array(plain.utf8)) == Array(unpadded.utf8))
    #expect(decode(unpadded) == Array(plain.utf8))
    #expect(decode(padded) == Array(plain.utf8))
  }

  @Test(
    "text that is none",
    arguments: [
      "A", "AAAAA", "=", "==", "A===", "AA=", "AAA==", "AAAA=", "AA=A", "A A", "AA-_", "AA\n", "ä",
      "AAAA====",
    ])
  func malformed(text: String) {
    #expect(decode(text) == nil)
  }

  @Test("bits left over do not matter")
  func leftoverBits() {
    #expect(decode("Zh") == decode("Zg"))
    #expect(decode("/+//") == [0xFF, 0xEF, 0xFF])
  }

  @Test("any bytes survive the round trip")
  func roundTrip() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for count in 0..<300 {
      let bytes = random.bytes(count: count)
      let text = encode(bytes)
      #expect(text.count == Base64.encodedByteCount(of: count), "seed \(seed)")
      #expect(decode(text) == bytes, "seed \(seed)")
    }
  }
}
