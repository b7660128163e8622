/// How a message lies in memory while libprotobuf-c works on it.
///
/// An image is the library's 24-byte header and then one slot of 24 bytes per field, in ascending
/// order of field numbers: 16 bytes of value and 8 of what the library calls the quantifier.
///
///     header  descriptor (8) | unknown field count (4), capacity (4) | unknown fields (8)
///     slot    scalar, or (length, pointer) of bytes, or pointer to a message | has-flag (4)
///             pointer to an array, capacity (8)                              | count (8)
///             any member of a oneof, in the slot of its first member         | number (4)
///
/// Every slot has the same size, so a field's place follows from its index alone, and the plugin
/// needs to know nothing of layout. The capacities are ours: the library never looks there.
@usableFromInline
enum ImageFormat {
  @usableFromInline static let headerByteCount = 24
  @usableFromInline static let slotByteCount = 24
  @usableFromInline static let quantifierOffset = 16
  @usableFromInline static let capacityOffset = 8
  @usableFromInline static let unknownCountOffset = 8
  @usableFromInline static let unknownCapacityOffset = 12
  @usableFromInline static let unknownFieldByteCount = 24

  @inlinable
  static func offset(ofSlot slot: Int) -> Int {
    headerByteCount + slot * slotByteCount
  }
}
