import Testing

@testable import Protobuf

/// RFC 4648 section 10, and what the JSON mapping adds to it.
@Suite("Base 64")
struct Base64Tests {
  static let vectors = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  @Test("The test vectors of the RFC hold both ways", arguments: vectors)
  func rfc(_ plain: String, _ coded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(Base64.decode(coded) == Array(plain.utf8))
  }

  @Test("Padding may be missing, and the URL-safe alphabet is read")
  func lenient() {
    #expect(Base64.decode("Zg") == Array("f".utf8))
    #expect(Base64.decode("-_8") == [0xFB, 0xFF])
    #expect(Base64.decode("+/8=") == [0xFB, 0xFF])
  }

  @Test("Anything else is refused", arguments: ["Z", "Zg===", "=", "Zg==Zg==", "Z g=", "Zm9v\n"])
  func refused(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("Random bytes survive")
  func random() {
    var source = RandomMessage(seed: 5)
    for _ in 0..<500 {
      let bytes = source.bytes()
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
