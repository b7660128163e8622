/// The `grpc-message` field: UTF-8, percent-encoded to printable ASCII (R3, R4).
///
/// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Status-Message".
public enum StatusMessage {
  private static let percent = UInt8(ascii: "%")
  private static let space = UInt8(ascii: " ")
  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  /// Encodes what is outside 0x20…0x7E, `%` itself, and a space at either end.
  ///
  /// The specification lets outer spaces stand, but HTTP strips them, and libnghttp2 drops a field
  /// that has them.
  public static func encode(_ message: String) -> [UInt8] {
    var encoded: [UInt8] = []
    let bytes = message.utf8
    encoded.reserveCapacity(bytes.count)
    let lastIndex = bytes.count - 1
    for (index, byte) in bytes.enumerated() {
      let isOuterSpace = byte == space && (index == 0 || index == lastIndex)
      if (0x20...0x7E).contains(byte), byte != percent, !isOuterSpace {
        encoded.append(byte)
      } else {
        encoded.append(percent)
        encoded.append(hexDigits[Int(byte >> 4)])
        encoded.append(hexDigits[Int(byte & 0xF)])
      }
    }
    return encoded
  }

  /// Decodes what can be decoded and keeps the rest as it is; never an error.
  ///
  /// The message is often the only trace of what went wrong, so a broken one is better than none.
  /// Bytes that are not UTF-8 become U+FFFD.
  public static func decode(_ encoded: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var index = 0
    while index < encoded.count {
      if encoded[index] == percent, index + 2 < encoded.count,
        let high = hexValue(encoded[index + 1]), let low = hexValue(encoded[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(encoded[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
