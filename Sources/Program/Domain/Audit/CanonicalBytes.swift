/// Builds the canonical form: one unambiguous row of bytes for a row of values, whatever language
/// reads it. Per element a 4-byte big-endian length and the bytes; an absent element is FFFFFFFF;
/// integers are 8 bytes big-endian. Text must be in NFC: callers normalise at the edge, where
/// Unicode tables are at hand, and the domain takes it as it comes.
public struct CanonicalBytes: Hashable, Sendable {
  /// The bytes so far.
  public private(set) var bytes: [UInt8] = []

  /// No element yet.
  public init() {}

  /// Appends raw bytes, or absence.
  public mutating func append(_ element: [UInt8]?) {
    guard let element else {
      bytes.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF])
      return
    }
    appendBigEndian(UInt64(element.count), byteCount: 4)
    bytes.append(contentsOf: element)
  }

  /// Appends text as UTF-8, or absence; an empty text is not absent.
  public mutating func append(_ text: String?) {
    append(text.map { Array($0.utf8) })
  }

  /// Appends an integer as 8 bytes in two's complement, or absence.
  public mutating func append(_ integer: Int64?) {
    guard let integer else { return append([UInt8]?.none) }
    appendBigEndian(8, byteCount: 4)
    appendBigEndian(UInt64(bitPattern: integer), byteCount: 8)
  }

  /// Appends a digest's 32 bytes, or absence.
  public mutating func append(_ digest: Digest?) {
    append(digest?.bytes)
  }

  private mutating func appendBigEndian(_ value: UInt64, byteCount: Int) {
    for shift in stride(from: (byteCount - 1) * 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }
}
