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

  /// The prefix of a message that is sent as it is.
  ///
  /// - Precondition: the length fits 32 bits.
  public init(messageByteCount: Int) {
    self.flag = 0
    self.messageByteCount = UInt32(messageByteCount)
  }

  init(flag: UInt8, messageByteCount: UInt32) {
    self.flag = flag
    self.messageByteCount = messageByteCount
  }

  /// The prefix as a number, of which the low 40 bits go out, most significant byte first.
  public var bits: UInt64 { UInt64(flag) << 32 | UInt64(messageByteCount) }
}
