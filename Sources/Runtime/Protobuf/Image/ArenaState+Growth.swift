internal import CProtobufC

extension ArenaState {
  /// Where the next value of a field goes: the next element of its array, or its own slot, which is
  /// marked as present; `nil` past the budget.
  @inline(__always)
  mutating func place(
    for entry: FieldEntry, in image: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer? {
    if entry.isRepeated { return unsafe append(to: image, entry) }
    // SAFETY: an entry's offsets lie inside the image.
    let value = unsafe image + Int(entry.valueOffset)
    let quantifier = unsafe image + Int(entry.quantifierOffset)
    guard entry.isMember else {
      unsafe quantifier.storeBytes(of: 1, as: UInt32.self)
      return unsafe value
    }
    if unsafe quantifier.load(as: UInt32.self) != entry.number {
      // Another member was set: it ends here, nothing of it may show through.
      unsafe value.initializeMemory(
        as: UInt8.self, repeating: 0, count: ImageFormat.quantifierOffset)
    }
    unsafe quantifier.storeBytes(of: entry.number, as: UInt32.self)
    return unsafe value
  }

  /// Room for one more element of a repeated field, with the count raised; a message is none yet.
  private mutating func append(
    to image: UnsafeMutableRawPointer, _ entry: FieldEntry
  ) -> UnsafeMutableRawPointer? {
    let slot = unsafe image + Int(entry.valueOffset)
    let stride = entry.kind.stride
    let count = unsafe (image + Int(entry.quantifierOffset)).load(as: Int.self)
    let capacity = unsafe slot.load(fromByteOffset: ImageFormat.capacityOffset, as: Int.self)
    if count == capacity, unsafe !grow(slot, count, stride) { return nil }
    unsafe (image + Int(entry.quantifierOffset)).storeBytes(of: count + 1, as: Int.self)
    // SAFETY: the array now has room for `count + 1` elements.
    let element = unsafe slot.load(as: UnsafeMutableRawPointer.self) + count * stride
    if entry.kind == .message {
      unsafe element.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
    }
    return unsafe element
  }

  /// Doubles an array, where it lies when nothing was allocated behind it.
  private mutating func grow(_ slot: UnsafeMutableRawPointer, _ count: Int, _ stride: Int) -> Bool {
    let capacity = max(4, count * 2)
    let old = unsafe slot.load(as: UnsafeMutableRawPointer?.self)
    if let old = unsafe old, unsafe extend(old, from: count * stride, to: capacity * stride) {
      unsafe slot.storeBytes(of: capacity, toByteOffset: ImageFormat.capacityOffset, as: Int.self)
      return true
    }
    guard let new = unsafe allocate(capacity * stride) else { return false }
    if let old = unsafe old {
      // SAFETY: the new array is longer than the old one.
      unsafe new.copyMemory(from: old, byteCount: count * stride)
    }
    unsafe slot.storeBytes(of: new, as: UnsafeMutableRawPointer.self)
    unsafe slot.storeBytes(of: capacity, toByteOffset: ImageFormat.capacityOffset, as: Int.self)
    return true
  }

  /// Keeps the bytes of a field, tag and all, as an unknown field of an image; false past the budget.
  mutating func appendUnknown(
    from start: UnsafeRawPointer, to end: UnsafeRawPointer, in image: UnsafeMutableRawPointer
  ) -> Bool {
    let header = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
    let count = unsafe Int(header.pointee.n_unknown_fields)
    // SAFETY: `count` records are initialized; they point into the input, which outlives the image.
    // A field whose tag is longer than need be stands alone: only a record's own tag is written anew,
    // and what one reader takes apart another must not find whole.
    if count > 0, unsafe !Self.isTagPadded(start, end: end) {
      let last = unsafe header.pointee.unknown_fields + (count - 1)
      if unsafe UnsafeRawPointer(last.pointee.data + last.pointee.len) == start {
        unsafe last.pointee.len += end - start
        return true
      }
    }
    guard let record = unsafe appendUnknownRecord(header, count) else { return false }
    var cursor = unsafe WireCursor(start, end: end)
    guard let tag = try? cursor.readVarint() else { return false }
    unsafe record.pointee.tag = UInt32(truncatingIfNeeded: tag >> 3)
    unsafe record.pointee.wire_type = ProtobufCWireType(UInt32(tag & 7))
    unsafe record.pointee.len = cursor.byteCountLeft
    unsafe record.pointee.data = UnsafeMutablePointer(
      mutating: cursor.position.assumingMemoryBound(to: UInt8.self))
    return true
  }

  /// Whether the tag of a field that has been read ends in a byte that adds nothing.
  private static func isTagPadded(_ start: UnsafeRawPointer, end: UnsafeRawPointer) -> Bool {
    var position = unsafe start
    // SAFETY: the field was read, so its tag ends before `end`.
    while unsafe position < end, unsafe position.load(as: UInt8.self) & 0x80 != 0 {
      unsafe position += 1
    }
    return unsafe position > start && position < end && position.load(as: UInt8.self) == 0
  }

  private mutating func appendUnknownRecord(
    _ header: UnsafeMutablePointer<ProtobufCMessage>, _ count: Int
  ) -> UnsafeMutablePointer<ProtobufCMessageUnknownField>? {
    let raw = UnsafeMutableRawPointer(header)
    let stride = ImageFormat.unknownFieldByteCount
    let capacity = unsafe raw.load(
      fromByteOffset: ImageFormat.unknownCapacityOffset, as: UInt32.self)
    if count == Int(capacity) {
      let newCapacity = max(2, count * 2)
      guard let new = unsafe allocateZeroed(newCapacity * stride) else { return nil }
      if count > 0 {
        unsafe new.copyMemory(from: header.pointee.unknown_fields, byteCount: count * stride)
      }
      unsafe header.pointee.unknown_fields = new.bindMemory(
        to: ProtobufCMessageUnknownField.self, capacity: newCapacity)
      unsafe raw.storeBytes(
        of: UInt32(newCapacity), toByteOffset: ImageFormat.unknownCapacityOffset, as: UInt32.self)
    }
    unsafe header.pointee.n_unknown_fields = UInt32(count + 1)
    return unsafe header.pointee.unknown_fields + count
  }
}
