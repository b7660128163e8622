/// The `grpc-message` field: UTF-8, percent-encoded to printable ASCII (R3, R4).
///
/// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Status-Message".
public enum StatusMessage {
  private static let percent = UInt8(ascii: "%")
  private static let space = UInt8(ascii: " ")
  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  /// Bytes of an encoded message at most: clients take header lists of 8 KiB and more, and the rest of the
  /// trailers must fit too.
  static let byteCountMax = 4096

  /// Encodes what is outside 0x20…0x7E, `%` itself, and a space at either end. What is too long is cut off
  /// between two characters.
  ///
  /// The specification lets outer spaces stand, but HTTP strips them, and libnghttp2 drops a field
  /// that has them.
  public static func encode(_ message: String) -> [UInt8] {
    var encoded: [UInt8] = []
    let bytes = message.utf8
    encoded.reserveCapacity(min(bytes.count, byteCountMax))
    var characterStart = 0
    for byte in bytes {
      let isContinuation = byte & 0xC0 == 0x80
      if !isContinuation { characterStart = encoded.count }
      if (0x20...0x7E).contains(byte), byte != percent, byte != space || !encoded.isEmpty {
        encoded.append(byte)
      } else {
        append(escaped: byte, to: &encoded)
      }
      if encoded.count > byteCountMax {
        encoded.removeSubrange(characterStart...)
        break
      }
    }
    if encoded.last == space {
      encoded.removeLast()
      append(escaped: space, to: &encoded)
    }
    return encoded
  }

  private static func append(escaped byte: UInt8, to encoded: inout [UInt8]) {
    encoded.append(percent)
    encoded.append(hexDigits[Int(byte >> 4)])
    encoded.append(hexDigits[Int(byte & 0xF)])
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
