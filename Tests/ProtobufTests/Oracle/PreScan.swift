@testable import Protobuf

/// One look over a sender's bytes before libprotobuf-c gets them.
///
/// The library bounds neither depth nor memory, accepts varints that do not fit, and refuses or loses
/// some of what the format allows. The scan throws on bytes that break the format or a limit; the
/// rest it sorts into what the library reads rightly and what ``WireDecoder`` must read.
@safe
struct PreScan {
  private var fieldCountLeft: Int
  /// What the library may still take from the arena, counted pessimistically.
  private var byteCountLeft: Int

  /// The library's own note of each field it has seen in a message.
  private static let scannedMemberByteCount = 40

  init(_ limits: DecodingLimits) {
    fieldCountLeft = limits.fieldCountMax
    byteCountLeft = limits.arenaByteCountMax
  }

  /// Whether the library reads this message, and all within it, by every rule of the format.
  mutating func isPlain(
    _ bytes: WireCursor, _ layout: UnsafePointer<Layout>, depthLeft: Int
  ) throws(DecodingError) -> Bool {
    guard depthLeft > 0 else { throw DecodingError(.depthExceeded) }
    guard unsafe take(layout.pointee.imageByteCount) else { return false }
    var cursor = bytes
    var seenSingleMessages: UInt64 = 0
    while !cursor.isAtEnd {
      fieldCountLeft -= 1
      guard fieldCountLeft >= 0 else { throw DecodingError(.fieldCountExceeded) }
      let start = cursor
      let (number, wireType) = try cursor.readTag()
      guard cursor.isMinimalTag(since: start, number) else { return false }
      // SAFETY: entries of a layout are immortal.
      guard let entry = unsafe layout.pointee.entry(number) else {
        guard try skipUnknown(&cursor, wireType) else { return false }
        continue
      }
      guard unsafe entry.pointee.wireType == wireType.rawValue else {
        guard wireType == .lengthDelimited, unsafe entry.pointee.isRepeated,
          unsafe entry.pointee.kind.isPackable, try unsafe scanPacked(&cursor, entry.pointee.kind)
        else { return false }
        continue
      }
      guard try unsafe scanValue(&cursor, entry, &seenSingleMessages, depthLeft) else {
        return false
      }
    }
    return true
  }

  @inline(__always)
  private mutating func scanValue(
    _ cursor: inout WireCursor, _ entry: UnsafePointer<FieldEntry>, _ seen: inout UInt64,
    _ depthLeft: Int
  ) throws(DecodingError) -> Bool {
    // SAFETY: entries of a layout are immortal.
    let stride = unsafe entry.pointee.isRepeated ? entry.pointee.kind.stride : 0
    guard take(Self.scannedMemberByteCount + stride) else { return false }
    switch unsafe entry.pointee.kind.wireType {
    case .varint: _ = try cursor.readVarint()
    case .fixed32: _ = try cursor.readFixed32()
    case .fixed64: _ = try cursor.readFixed64()
    case .groupStart, .groupEnd: return false
    case .lengthDelimited:
      guard let content = try scanLength(&cursor) else { return false }
      guard let inner = unsafe entry.pointee.message else { return take(content.byteCountLeft + 8) }
      if unsafe !entry.pointee.isRepeated {
        // A second part must be merged with the first, which the library does badly.
        let bit = unsafe UInt64(1) << UInt64(entry.pointee.singleMessageBit)
        guard bit != 0, seen & bit == 0 else { return false }
        seen |= bit
      }
      return try unsafe isPlain(content, inner, depthLeft: depthLeft - 1)
    }
    return true
  }

  private mutating func scanPacked(
    _ cursor: inout WireCursor, _ kind: FieldKind
  ) throws(DecodingError) -> Bool {
    guard var content = try scanLength(&cursor) else { return false }
    var count = 0
    switch kind.wireType {
    case .fixed32, .fixed64:
      count = content.byteCountLeft / kind.stride
      guard content.byteCountLeft % kind.stride == 0 else { throw DecodingError(.truncated) }
    case .varint:
      while !content.isAtEnd {
        _ = try content.readVarint()
        count += 1
      }
    case .lengthDelimited, .groupStart, .groupEnd: return false
    }
    return take(Self.scannedMemberByteCount + count * kind.stride)
  }

  private mutating func skipUnknown(
    _ cursor: inout WireCursor, _ wireType: WireType
  ) throws(DecodingError) -> Bool {
    let byteCountBefore = cursor.byteCountLeft
    switch wireType {
    case .varint: _ = try cursor.readVarint()
    case .fixed32: _ = try cursor.readFixed32()
    case .fixed64: _ = try cursor.readFixed64()
    case .lengthDelimited: guard try scanLength(&cursor) != nil else { return false }
    case .groupStart, .groupEnd: return false
    }
    return take(
      Self.scannedMemberByteCount + ImageFormat.unknownFieldByteCount + byteCountBefore
        - cursor.byteCountLeft + 8)
  }

  /// The library reads a length of at most 5 bytes.
  @inline(__always)
  private func scanLength(_ cursor: inout WireCursor) throws(DecodingError) -> WireCursor? {
    let byteCountBefore = cursor.byteCountLeft
    let content = try cursor.readLengthDelimited()
    let lengthByteCount = byteCountBefore - cursor.byteCountLeft - content.byteCountLeft
    return lengthByteCount <= 5 ? content : nil
  }

  @inline(__always)
  private mutating func take(_ byteCount: Int) -> Bool {
    byteCountLeft -= byteCount
    return byteCountLeft >= 0
  }
}

extension WireCursor {
  /// The library reads a tag of at most 5 bytes and writes the shortest; a longer one is legal.
  @inline(__always)
  func isMinimalTag(since start: WireCursor, _ number: UInt32) -> Bool {
    let byteCount = start.byteCountLeft - byteCountLeft
    return byteCount == 1 || (number >> UInt32(7 * (byteCount - 1) - 3)) != 0
  }
}
