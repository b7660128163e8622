/// The idempotency key of one intended change: a random UUID (RFC 9562 § 5.4), in lower case.
///
/// A change that is tried again because nobody knows whether it happened carries the id of the first
/// try: the server then does it once and gives the same answer, for 14 days.
public struct RequestID: Sendable, Hashable {
  /// Such as `0f8fad5b-d9cb-469f-a165-70867728950e`.
  public let text: String

  /// A new one.
  public static func make() -> RequestID {
    var random = SystemRandomNumberGenerator()
    return RequestID(using: &random)
  }

  /// A new one from `random`.
  public init(using random: inout some RandomNumberGenerator) {
    // The 4 of the version and the two bits 10 of the variant stand at fixed places.
    let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = Self.hex(high) + Self.hex(low)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    self.text = text
  }

  private static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

extension RequestID: LosslessStringConvertible {
  /// Reads a UUID of version 4 in either case; nil for anything else.
  public init?(_ text: String) {
    let text = text.lowercased()
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
      case 14: guard byte == UInt8(ascii: "4") else { return nil }
      case 19: guard "89ab".utf8.contains(byte) else { return nil }
      default: guard "0123456789abcdef".utf8.contains(byte) else { return nil }
      }
    }
    self.text = text
  }

  /// The text that `init` reads.
  public var description: String { text }
}
