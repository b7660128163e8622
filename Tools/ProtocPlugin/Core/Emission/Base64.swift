/// RFC 4648, section 4, in lines. (Foundation has one, but this module does without it.)
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The encoded bytes in lines of at most `width` characters, a multiple of four.
  static func lines(of bytes: [UInt8], width: Int) -> [String] {
    let encoded = encode(bytes)
    return stride(from: 0, to: encoded.count, by: width).map { start in
      String(decoding: encoded[start..<min(start + width, encoded.count)], as: UTF8.self)
    }
  }

  private static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        let index = Int(bits >> UInt32(18 - 6 * position)) & 63
        result.append(position <= group.count ? alphabet[index] : UInt8(ascii: "="))
      }
    }
    return result
  }
}
