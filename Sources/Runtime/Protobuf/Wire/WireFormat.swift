/// Small pieces of the wire format that are needed away from the hot paths.
enum WireFormat {
  /// The highest field number there is, 2^29 - 1.
  static let fieldNumberMax = (1 << 29) - 1

  /// Appends the shortest varint.
  static func append(varint value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The varint that `bytes` begin with, and its length in bytes.
  static func leadingVarint(of bytes: some Collection<UInt8>) -> (value: UInt64, byteCount: Int)? {
    var value: UInt64 = 0
    for (index, byte) in bytes.prefix(10).enumerated() {
      if index == 9, byte > 1 { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 { return (value, index + 1) }
    }
    return nil
  }

  /// The inverse of zigzag coding, which gives small negative numbers small codes.
  @inline(__always)
  static func unzigzag(_ value: UInt32) -> UInt32 {
    (value >> 1) ^ (0 &- (value & 1))
  }

  /// The inverse of zigzag coding, 64 bits wide.
  @inline(__always)
  static func unzigzag(_ value: UInt64) -> UInt64 {
    (value >> 1) ^ (0 &- (value & 1))
  }
}
