internal import CProtobufC

/// Reads protobuf bytes into an image, with every rule of the format.
///
/// libprotobuf-c refuses or loses what the format allows: groups, a known number with another wire
/// type, messages sent in parts. This decoder does not: such fields are kept as unknown ones, and
/// parts are merged. Bytes of strings and of unknown fields are borrowed from the input, so the input
/// must outlive the image.
@safe
struct WireDecoder: ~Copyable {
  private let arena: UnsafeMutablePointer<ArenaState>
  private let depthMax: Int
  private var fieldCountLeft: Int

  @unsafe
  init(_ arena: UnsafeMutablePointer<ArenaState>, limits: DecodingLimits) {
    unsafe self.arena = arena
    depthMax = limits.depthMax
    fieldCountLeft = limits.fieldCountMax
  }

  /// Decodes a whole message into a new image.
  mutating func decode(
    _ layout: UnsafePointer<Layout>, _ bytes: consuming WireCursor
  ) throws(DecodingError) -> UnsafeMutableRawPointer {
    let image = try unsafe makeImage(layout)
    try unsafe merge(bytes, into: image, layout, depthLeft: depthMax)
    return unsafe image
  }

  private mutating func makeImage(
    _ layout: UnsafePointer<Layout>
  ) throws(DecodingError) -> UnsafeMutableRawPointer {
    guard let image = unsafe arena.pointee.allocateZeroed(layout.pointee.imageByteCount) else {
      throw DecodingError(.budgetExceeded)
    }
    unsafe image.storeBytes(
      of: layout.pointee.library, as: UnsafeMutablePointer<ProtobufCMessageDescriptor>.self)
    return unsafe image
  }

  /// Adds the fields in `bytes` to an image that may hold some already.
  private mutating func merge(
    _ bytes: WireCursor, into image: UnsafeMutableRawPointer, _ layout: UnsafePointer<Layout>,
    depthLeft: Int
  ) throws(DecodingError) {
    guard depthLeft > 0 else { throw DecodingError(.depthExceeded) }
    var cursor = bytes
    while !cursor.isAtEnd {
      fieldCountLeft -= 1
      guard fieldCountLeft >= 0 else { throw DecodingError(.fieldCountExceeded) }
      let fieldStart = unsafe cursor.position
      let (number, wireType) = try cursor.readTag()
      // SAFETY: entries of a layout are immortal, and offsets lie inside the image.
      if let entry = unsafe layout.pointee.entry(number) {
        if unsafe entry.pointee.wireType == wireType.rawValue {
          if unsafe entry.pointee.kind == .message {
            try unsafe readMessage(
              try cursor.readLengthDelimited(), entry.pointee, image, depthLeft: depthLeft)
          } else {
            let value = try unsafe place(for: entry.pointee, in: image)
            try unsafe readScalar(&cursor, entry.pointee.kind, at: value)
          }
          continue
        }
        if wireType == .lengthDelimited, unsafe entry.pointee.isRepeated,
          unsafe entry.pointee.kind.isPackable
        {
          try unsafe readPacked(try cursor.readLengthDelimited(), entry.pointee, image)
          continue
        }
      }
      try cursor.skip(wireType, of: number, depthLeft: depthLeft - 1)
      try unsafe keepUnknown(from: fieldStart, to: cursor.position, in: image)
    }
  }

  /// Where the next value of a field goes.
  @inline(__always)
  private mutating func place(
    for entry: FieldEntry, in image: UnsafeMutableRawPointer
  ) throws(DecodingError) -> UnsafeMutableRawPointer {
    guard let place = unsafe arena.pointee.place(for: entry, in: image) else {
      throw DecodingError(.budgetExceeded)
    }
    return unsafe place
  }

  @inline(__always)
  private func readScalar(
    _ cursor: inout WireCursor, _ kind: FieldKind, at value: UnsafeMutableRawPointer
  ) throws(DecodingError) {
    // SAFETY: `value` has room for the kind's stride; see `FieldKind`.
    switch kind {
    case .int32:
      let number = UInt32(truncatingIfNeeded: try cursor.readVarint())
      unsafe value.storeBytes(of: number, as: UInt32.self)
    case .sint32:
      let number = WireFormat.unzigzag(UInt32(truncatingIfNeeded: try cursor.readVarint()))
      unsafe value.storeBytes(of: number, as: UInt32.self)
    case .bool:
      unsafe value.storeBytes(of: try cursor.readVarint() == 0 ? 0 : 1, as: UInt32.self)
    case .int64:
      unsafe value.storeBytes(of: try cursor.readVarint(), as: UInt64.self)
    case .sint64:
      unsafe value.storeBytes(of: WireFormat.unzigzag(try cursor.readVarint()), as: UInt64.self)
    case .fixed32:
      unsafe value.storeBytes(of: try cursor.readFixed32(), as: UInt32.self)
    case .fixed64:
      unsafe value.storeBytes(of: try cursor.readFixed64(), as: UInt64.self)
    case .bytes, .string:
      let content = try cursor.readLengthDelimited()
      unsafe ImageBytes.store(content.position, count: content.byteCountLeft, at: value)
    case .message:
      preconditionFailure("messages are read by readMessage")
    }
  }

  private mutating func readMessage(
    _ bytes: WireCursor, _ entry: FieldEntry, _ image: UnsafeMutableRawPointer, depthLeft: Int
  ) throws(DecodingError) {
    // SAFETY: the layout is complete, so a message entry has its layout.
    let layout = unsafe entry.message.unsafelyUnwrapped
    let value = try unsafe place(for: entry, in: image)
    let inner: UnsafeMutableRawPointer
    if !entry.isRepeated, let known = unsafe value.load(as: UnsafeMutableRawPointer?.self) {
      unsafe inner = known
    } else {
      unsafe inner = try makeImage(layout)
      unsafe value.storeBytes(of: inner, as: UnsafeMutableRawPointer.self)
    }
    do {
      try unsafe merge(bytes, into: inner, layout, depthLeft: depthLeft - 1)
    } catch {
      throw unsafe ImageReader(image).located(error, entry)
    }
  }

  @inline(never)
  private mutating func readPacked(
    _ bytes: WireCursor, _ entry: FieldEntry, _ image: UnsafeMutableRawPointer
  ) throws(DecodingError) {
    var cursor = bytes
    while !cursor.isAtEnd {
      try unsafe readScalar(&cursor, entry.kind, at: try place(for: entry, in: image))
    }
  }

  /// Neighbouring unknown fields become one: the library's record of a field is "number, wire type,
  /// the bytes behind", and those bytes may as well be further fields.
  private mutating func keepUnknown(
    from start: UnsafeRawPointer, to end: UnsafeRawPointer, in image: UnsafeMutableRawPointer
  ) throws(DecodingError) {
    guard unsafe arena.pointee.appendUnknown(from: start, to: end, in: image) else {
      throw DecodingError(.budgetExceeded)
    }
  }
}
