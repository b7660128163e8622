@testable import Protobuf

/// Wire bytes written by hand, so that tests do not trust the encoder they test.
enum Bytes {
  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  static func tag(_ number: UInt64, _ wireType: UInt64) -> [UInt8] {
    varint(number << 3 | wireType)
  }

  static func field(_ number: UInt64, varint value: UInt64) -> [UInt8] {
    tag(number, 0) + varint(value)
  }

  static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
    tag(number, 2) + varint(UInt64(content.count)) + content
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }

  static func group(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
    tag(number, 3) + content + tag(number, 4)
  }

  /// `content` wrapped in field `number` again and again.
  static func nested(_ number: UInt64, levels: Int, _ content: [UInt8] = []) -> [UInt8] {
    // Built from the inside out, in reverse, so that it takes linear time.
    var reversed = Array(content.reversed())
    for _ in 0..<levels {
      let head = tag(number, 2) + varint(UInt64(reversed.count))
      reversed += head.reversed()
    }
    return reversed.reversed()
  }
}

/// Runs `body` and returns the reason of the error it throws.
func decodingReason(_ body: () throws -> Void) -> DecodingError.Reason? {
  do {
    try body()
    return nil
  } catch {
    return (error as? DecodingError)?.reason
  }
}
