/// The image of one message, for the generated code that fills it from a Swift value.
///
/// It cannot be copied, and so not kept: an image lives only while a message is being written.
@safe
public struct ImageWriter: ~Copyable {
  @usableFromInline let base: UnsafeMutableRawPointer
  let arena: UnsafeMutablePointer<ArenaState>

  /// - Parameters:
  ///   - base: an empty image of the message type that will fill it.
  ///   - arena: alive for as long as the writer.
  @unsafe
  init(_ base: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<ArenaState>) {
    unsafe self.base = base
    unsafe self.arena = arena
  }

  @inlinable
  func location(_ slot: Int) -> UnsafeMutableRawPointer {
    // SAFETY: generated code passes slots of its own message's table.
    unsafe base + ImageFormat.offset(ofSlot: slot)
  }

  @inlinable
  func setQuantifier<T: BitwiseCopyable>(_ slot: Int, to value: T) {
    // SAFETY: as above; the quantifier ends the slot.
    unsafe location(slot).storeBytes(
      of: value, toByteOffset: ImageFormat.quantifierOffset, as: T.self)
  }

  /// A field without presence: the default is not written.
  @inlinable
  public mutating func set<Value: FieldValue>(
    value: Value, at slot: Int
  ) throws(EncodingError) {
    guard !value.isDefault else { return }
    setQuantifier(slot, to: 1 as Int32)
    try unsafe value.store(at: location(slot), in: &self)
  }

  /// A field with presence: every value is written, the default too.
  @inlinable
  public mutating func set<Value: FieldValue>(
    optional value: Value?, at slot: Int
  ) throws(EncodingError) {
    guard let value else { return }
    setQuantifier(slot, to: 1 as Int32)
    try unsafe value.store(at: location(slot), in: &self)
  }

  /// The member of a oneof with this number.
  @inlinable
  public mutating func set<Value: FieldValue>(
    member number: Int, _ value: Value, at slot: Int
  ) throws(EncodingError) {
    setQuantifier(slot, to: UInt32(truncatingIfNeeded: number))
    try unsafe value.store(at: location(slot), in: &self)
  }

  /// A repeated field.
  @inlinable
  public mutating func set<Value: FieldValue>(
    array values: [Value], at slot: Int
  ) throws(EncodingError) {
    guard !values.isEmpty else { return }
    let stride = Value.imageByteCount
    let first = try unsafe allocateArray(count: values.count, stride: stride, at: slot)
    for index in values.indices {
      try unsafe values[index].store(at: first + index * stride, in: &self)
    }
  }

  /// A map, in ascending order of its keys.
  @inlinable
  public mutating func set<Key: MapKey, Value: FieldValue>(
    map values: [Key: Value], at slot: Int
  ) throws(EncodingError) {
    guard !values.isEmpty else { return }
    let first = try unsafe allocateArray(count: values.count, stride: 8, at: slot)
    let sorted = values.sorted { Key.precedes($0.key, $1.key) }
    for index in sorted.indices {
      var entry = try makeEntry(at: slot)
      try entry.set(optional: sorted[index].key, at: 0)
      try entry.set(optional: sorted[index].value, at: 1)
      unsafe (first + index * 8).storeBytes(of: entry.base, as: UnsafeMutableRawPointer.self)
    }
  }

  /// The fields the schema does not know, written after all others.
  @inlinable
  public mutating func set(unknownFields: UnknownFields) {
    guard !unknownFields.isEmpty else { return }
    place(unknownFields)
  }
}
