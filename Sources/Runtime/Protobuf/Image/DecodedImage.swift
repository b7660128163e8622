/// The image of a serialized message, and the memory it lies in.
@safe
struct DecodedImage: ~Copyable {
  private let arena: Arena
  private let base: UnsafeMutableRawPointer

  /// Decodes `bytes`, which must outlive the image: long contents are not copied.
  @unsafe
  init(
    _ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer, _ limits: DecodingLimits
  ) throws(DecodingError) {
    let arena = Arena(byteCountMax: limits.arenaByteCountMax)
    unsafe base = try Self.decode(descriptor, bytes, limits, arena.state)
    self.arena = arena
  }

  private static func decode(
    _ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer, _ limits: DecodingLimits,
    _ arena: UnsafeMutablePointer<ArenaState>
  ) throws(DecodingError) -> UnsafeMutableRawPointer {
    guard bytes.count <= limits.messageByteCountMax else { throw DecodingError(.sizeExceeded) }
    let layout = unsafe descriptor.completeLayout
    // SAFETY: the cursor stays between the ends of the buffer; no bytes read nothing from `layout`.
    let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(layout)
    let cursor = unsafe WireCursor(start, end: start + bytes.count)
    var decoder = unsafe WireDecoder(arena, limits: limits)
    return try unsafe decoder.decode(layout, cursor)
  }

  /// An image that lies in `arena`, made by other means.
  @unsafe
  init(_ base: UnsafeMutableRawPointer, in arena: consuming Arena) {
    unsafe self.base = base
    self.arena = arena
  }

  /// The Swift value. Methods, not properties, lead to the memory: while one runs, it is there.
  func read<Value: Message>(as type: Value.Type) throws(DecodingError) -> Value {
    try Value(reading: unsafe ImageReader(base))
  }

  func withView<Result>(
    _ body: (borrowing MessageView) throws -> Result
  ) rethrows -> Result {
    try unsafe body(MessageView(base))
  }
}
