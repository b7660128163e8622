/// Bytes as lower-case hexadecimal digits, two for each.
public enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  /// The digits.
  public static func text(of bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The bytes; `nil` for an odd length or anything but these digits.
  public static func bytes(of text: String) -> [UInt8]? {
    let values = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x61...0x66: byte - 0x57
      default: nil
      }
    }
    guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
