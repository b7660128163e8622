internal import CProtobufC

extension ImageWriter {
  /// Bytes up to this count are copied into the image; longer ones are borrowed where they are.
  private static let copiedByteCountMax = 1024

  /// Where bytes went.
  enum Placement {
    /// Into the image.
    case copied
    /// The image points to the bytes themselves: the caller must retain what owns them.
    case borrowed
    /// Nowhere, the arena is exhausted.
    case refused
  }

  /// Writes a length and a pointer.
  @unsafe
  func place(
    _ bytes: UnsafeBufferPointer<UInt8>, at location: UnsafeMutableRawPointer
  ) -> Placement {
    guard bytes.count <= Self.copiedByteCountMax else {
      unsafe ImageBytes.store(bytes.baseAddress, count: bytes.count, at: location)
      return .borrowed
    }
    guard let copy = unsafe arena.pointee.allocate(bytes.count) else { return .refused }
    if let source = bytes.baseAddress {
      // SAFETY: the copy was allocated with this size.
      unsafe copy.copyMemory(from: source, byteCount: bytes.count)
    }
    unsafe ImageBytes.store(copy, count: bytes.count, at: location)
    return .copied
  }

  func retain(_ value: any Sendable) {
    // SAFETY: the arena outlives the writer.
    unsafe arena.pointee.retain(value)
  }

  /// Room for an array, with its count and pointer put in the slot.
  @usableFromInline
  @unsafe
  func allocateArray(
    count: Int, stride: Int, at slot: Int
  ) throws(EncodingError) -> UnsafeMutableRawPointer {
    guard let first = unsafe arena.pointee.allocate(count * stride) else {
      throw EncodingError(.sizeExceeded)
    }
    unsafe location(slot).storeBytes(of: first, as: UnsafeMutableRawPointer.self)
    setQuantifier(slot, to: count)
    return unsafe first
  }

  /// What the library calls the quantifier of a single field: 0 when it has no value.
  func quantifier(_ slot: Int) -> UInt32 {
    // SAFETY: the quantifier ends the slot.
    unsafe location(slot).load(fromByteOffset: ImageFormat.quantifierOffset, as: UInt32.self)
  }

  /// An empty image of the message type that the slot's field contains.
  @usableFromInline
  func makeEntry(at slot: Int) throws(EncodingError) -> ImageWriter {
    // SAFETY: a map's slot is its index, and its entry layout is linked.
    let layout = unsafe ImageReader(base).layout.pointee.entries[slot].message.unsafelyUnwrapped
    return try unsafe ImageWriter(empty: layout, arena)
  }

  /// An empty image.
  init(
    empty layout: UnsafePointer<Layout>, _ arena: UnsafeMutablePointer<ArenaState>
  ) throws(EncodingError) {
    // SAFETY: the arena outlives the writer; the image is as long as the layout says.
    guard let base = unsafe arena.pointee.allocateZeroed(layout.pointee.imageByteCount) else {
      throw EncodingError(.sizeExceeded)
    }
    unsafe base.storeBytes(
      of: layout.pointee.library, as: UnsafeMutablePointer<ProtobufCMessageDescriptor>.self)
    unsafe self.init(base, arena)
  }

  /// Makes one unknown field of all: the first tag as number and wire type, and everything behind it
  /// as that field's bytes, which the library copies without a look inside.
  @usableFromInline
  func place(_ unknownFields: UnknownFields) {
    guard let (tag, tagByteCount) = WireFormat.leadingVarint(of: unknownFields.bytes),
      let memory = unsafe arena.pointee.allocateZeroed(ImageFormat.unknownFieldByteCount)
    else { return }
    let field = unsafe memory.bindMemory(to: ProtobufCMessageUnknownField.self, capacity: 1)
    unsafe field.pointee.tag = UInt32(truncatingIfNeeded: tag >> 3)
    unsafe field.pointee.wire_type = ProtobufCWireType(UInt32(tag & 7))
    unsafe field.pointee.len = unknownFields.bytes.count - tagByteCount
    // SAFETY: the retained array keeps its bytes where they are, and the library only reads them.
    retain(unknownFields.bytes)
    unsafe unknownFields.bytes.withUnsafeBufferPointer { bytes in
      unsafe field.pointee.data = UnsafeMutablePointer(
        mutating: bytes.baseAddress.unsafelyUnwrapped + tagByteCount)
    }
    let header = unsafe base.assumingMemoryBound(to: ProtobufCMessage.self)
    unsafe header.pointee.n_unknown_fields = 1
    unsafe header.pointee.unknown_fields = field
  }
}
