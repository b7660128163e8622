/// A place in a sender's bytes. Every step forward checks the end first.
@safe
struct WireCursor {
  private(set) var position: UnsafeRawPointer
  let end: UnsafeRawPointer

  /// - Parameters:
  ///   - position: the first byte.
  ///   - end: behind the last byte of the same buffer.
  @unsafe
  @inline(__always)
  init(_ position: UnsafeRawPointer, end: UnsafeRawPointer) {
    unsafe self.position = position
    unsafe self.end = end
  }

  @inline(__always)
  var isAtEnd: Bool {
    unsafe position == end
  }

  @inline(__always)
  var byteCountLeft: Int {
    unsafe end - position
  }

  /// Reads 1 to 10 bytes; the tenth may only be 0 or 1, since 64 bits are full then.
  @inline(__always)
  mutating func readVarint() throws(DecodingError) -> UInt64 {
    guard !isAtEnd else { throw DecodingError(.truncated) }
    // SAFETY: one byte is left.
    let first = unsafe position.load(as: UInt8.self)
    if first < 0x80 {
      unsafe position += 1
      return UInt64(first)
    }
    return try readLongVarint()
  }

  @inline(never)
  private mutating func readLongVarint() throws(DecodingError) -> UInt64 {
    let available = min(byteCountLeft, 10)
    var value: UInt64 = 0
    for index in 0..<available {
      // SAFETY: `index` is below the count of bytes left.
      let byte = unsafe position.load(fromByteOffset: index, as: UInt8.self)
      if index == 9, byte > 1 { throw DecodingError(.malformedVarint) }
      value |= UInt64(byte & 0x7F) &<< UInt64(7 &* index)
      if byte < 0x80 {
        unsafe position += index + 1
        return value
      }
    }
    throw DecodingError(available == 10 ? .malformedVarint : .truncated)
  }

  /// Reads a tag: field number above 0, known wire type, five bytes at most, padding with them. Every
  /// number fits in five, and other readers refuse more.
  @inline(__always)
  mutating func readTag() throws(DecodingError) -> (number: UInt32, wireType: WireType) {
    let before = byteCountLeft
    let tag = try readVarint()
    guard tag >> 3 != 0, tag >> 3 <= WireFormat.fieldNumberMax, before - byteCountLeft <= 5,
      let wireType = WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7))
    else { throw DecodingError(.illegalTag) }
    return (UInt32(truncatingIfNeeded: tag >> 3), wireType)
  }

  /// Reads a length and steps over as many bytes, which are returned as a cursor of their own.
  @inline(__always)
  mutating func readLengthDelimited() throws(DecodingError) -> WireCursor {
    let count = try readVarint()
    return try readBytes(count)
  }

  @inline(__always)
  mutating func readBytes(_ count: UInt64) throws(DecodingError) -> WireCursor {
    guard count <= UInt64(byteCountLeft) else { throw DecodingError(.truncated) }
    let start = unsafe position
    unsafe position += Int(count)
    return unsafe WireCursor(start, end: position)
  }

  @inline(__always)
  mutating func readFixed32() throws(DecodingError) -> UInt32 {
    guard byteCountLeft >= 4 else { throw DecodingError(.truncated) }
    // SAFETY: four bytes are left.
    let value = unsafe position.loadUnaligned(as: UInt32.self)
    unsafe position += 4
    return UInt32(littleEndian: value)
  }

  @inline(__always)
  mutating func readFixed64() throws(DecodingError) -> UInt64 {
    guard byteCountLeft >= 8 else { throw DecodingError(.truncated) }
    // SAFETY: eight bytes are left.
    let value = unsafe position.loadUnaligned(as: UInt64.self)
    unsafe position += 8
    return UInt64(littleEndian: value)
  }

  /// Steps over the rest of a field whose tag has been read. Groups count as levels of nesting.
  mutating func skip(
    _ wireType: WireType, of number: UInt32, depthLeft: Int
  ) throws(DecodingError) {
    switch wireType {
    case .varint: _ = try readVarint()
    case .fixed64: _ = try readFixed64()
    case .fixed32: _ = try readFixed32()
    case .lengthDelimited: _ = try readLengthDelimited()
    case .groupEnd: throw DecodingError(.unbalancedGroup)
    case .groupStart: try skipGroup(number, depthLeft: depthLeft)
    }
  }

  private mutating func skipGroup(_ number: UInt32, depthLeft: Int) throws(DecodingError) {
    guard depthLeft > 0 else { throw DecodingError(.depthExceeded) }
    while !isAtEnd {
      let (inner, wireType) = try readTag()
      if wireType == .groupEnd {
        guard inner == number else { throw DecodingError(.unbalancedGroup) }
        return
      }
      try skip(wireType, of: inner, depthLeft: depthLeft - 1)
    }
    throw DecodingError(.unbalancedGroup)
  }
}
