/// The five bytes before every message: a flag, and the length with its most significant byte first (Q17).
///
/// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Length-Prefixed-Message".
public struct MessagePrefix: Sendable, Hashable {
  /// Bytes of a prefix.
  public static let byteCount = 5

  /// The first byte. 0 for a message as it is, 1 for a compressed one; no other value is defined.
  public var flag: UInt8
  /// Bytes of the message that follows.
  public var messageByteCount: UInt32

  /// The prefix of a message.
  ///
  /// - Precondition: the length fits 32 bits.
  public init(messageByteCount: Int, isCompressed: Bool = false) {
    self.flag = isCompressed ? 1 : 0
    self.messageByteCount = UInt32(messageByteCount)
  }

  init(flag: UInt8, messageByteCount: UInt32) {
    self.flag = flag
    self.messageByteCount = messageByteCount
  }

  /// The prefix as a number, of which the low 40 bits go out, most significant byte first.
  public var bits: UInt64 { UInt64(flag) << 32 | UInt64(messageByteCount) }

  /// Writes the prefix over the bytes at `start`.
  ///
  /// - Precondition: there are as many bytes as a prefix has.
  public func write(to buffer: inout [UInt8], at start: Int) {
    for index in 0..<Self.byteCount {
      buffer[start + index] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * (4 - index)))
    }
  }
}
