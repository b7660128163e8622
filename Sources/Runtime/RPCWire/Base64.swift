/// Base64 as `-bin` fields use it: RFC 4648 § 4, sent without padding, read with or without (Q13).
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let invalid: UInt8 = 0xFF

  /// Sextet for each byte, `invalid` where there is none.
  private static let sextets: [UInt8] = {
    var sextets = [UInt8](repeating: invalid, count: 256)
    for (sextet, letter) in alphabet.enumerated() { sextets[Int(letter)] = UInt8(sextet) }
    return sextets
  }()

  /// The number of characters `encode` makes of so many bytes.
  package static func encodedByteCount(of byteCount: Int) -> Int { (byteCount * 4 + 2) / 3 }

  /// Encodes without padding.
  package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(encodedByteCount(of: bytes.count))
    var bits: UInt32 = 0
    var bitCount = 0
    for index in bytes.indices {
      bits = bits << 8 | UInt32(bytes[index])
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(alphabet[Int(bits >> UInt32(bitCount)) & 0x3F])
      }
    }
    if bitCount > 0 { text.append(alphabet[Int(bits << UInt32(6 - bitCount)) & 0x3F]) }
    return text
  }

  /// Decodes, or nil for a foreign character, a length no bytes give, or padding that is not right.
  ///
  /// Bits left over in the last character are ignored, as other implementations do.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var characterCount = text.count
    while characterCount > 0, text.count - characterCount < 2,
      text[characterCount - 1] == UInt8(ascii: "=")
    {
      characterCount -= 1
    }
    let isPadded = characterCount < text.count
    if isPadded && text.count % 4 != 0 || characterCount % 4 == 1 { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characterCount * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for index in 0..<characterCount {
      let sextet = sextets[Int(text[index])]
      if sextet == invalid { return nil }
      bits = bits << 6 | UInt32(sextet)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    return bytes
  }
}
