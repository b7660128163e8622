import RPCWire
import Testing

@Suite("grpc-message (R3, R4)")
struct StatusMessageTests {
  private func encode(_ message: String) -> String {
    String(decoding: StatusMessage.encode(message), as: UTF8.self)
  }

  private func decode(_ encoded: String) -> String {
    StatusMessage.decode(Array(encoded.utf8).span)
  }

  @Test(
    "encoding touches only what must be",
    arguments: [
      ("", ""), ("plain text", "plain text"), ("100%", "100%25"), ("~ }", "~ }"),
      (" outer ", "%20outer%20"), (" ", "%20"), ("  ", "%20%20"), ("   ", "%20 %20"),
      ("\u{1F}\u{7F}", "%1F%7F"), ("ñ", "%C3%B1"),
      (
        "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n",
        "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A"
      ),
    ])
  func encoding(message: String, encoded: String) {
    #expect(encode(message) == encoded)
    #expect(decode(encoded) == message)
  }

  @Test(
    "decoding keeps what it cannot read",
    arguments: [
      ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%4z", "%4z"), ("a%", "a%"), ("%%41", "%A"),
      ("%e2%98%ba", "☺"), ("%E2%98", "\u{FFFD}"), ("%FF", "\u{FFFD}"), ("%2", "%2"),
      ("%25", "%"), ("%20", " "), ("+", "+"), ("☺", "☺"),
    ])
  func lenientDecoding(encoded: String, message: String) {
    #expect(decode(encoded) == message)
  }

  @Test("any text survives the round trip and is printable on the way")
  func roundTrip() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      let count = Int.random(in: 0...40, using: &random)
      let message = String(decoding: random.bytes(count: count), as: UTF8.self)
      let encoded = StatusMessage.encode(message)
      #expect(encoded.allSatisfy { (0x20...0x7E).contains($0) }, "seed \(seed)")
      #expect(encoded.first != 0x20 && encoded.last != 0x20, "seed \(seed)")
      #expect(decode(String(decoding: encoded, as: UTF8.self)) == message, "seed \(seed)")
    }
  }

  @Test(
    "what is too long is cut off between two characters",
    arguments: [
      (String(repeating: "a", count: 4096), String(repeating: "a", count: 4096)),
      (String(repeating: "a", count: 4097), String(repeating: "a", count: 4096)),
      (String(repeating: "a", count: 4095) + "ñ", String(repeating: "a", count: 4095)),
      (String(repeating: "a", count: 4090) + "ñ", String(repeating: "a", count: 4090) + "ñ"),
      (String(repeating: "a", count: 4091) + "ñ", String(repeating: "a", count: 4091)),
      (String(repeating: "😈", count: 10_000), String(repeating: "😈", count: 341)),
    ])
  func long(message: String, read: String) {
    let encoded = encode(message)
    #expect(encoded.utf8.count <= 4098)
    #expect(decode(encoded) == read)
  }

  @Test("a space where a long message is cut off is escaped like any last one")
  func longWithSpace() {
    let encoded = encode(String(repeating: "a", count: 4095) + " bcd")
    #expect(encoded == String(repeating: "a", count: 4095) + "%20")
  }
}
