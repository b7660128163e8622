/// The image of one message, for the generated code that makes a Swift value of it.
///
/// It cannot be copied, and so not kept: an image lives only while a message is being read.
@safe
public struct ImageReader: ~Copyable {
  @usableFromInline let base: UnsafeRawPointer

  /// - Parameter base: an image of the message type that will read it.
  @inlinable
  @unsafe
  init(_ base: UnsafeRawPointer) {
    unsafe self.base = base
  }

  @inlinable
  func location(_ slot: Int) -> UnsafeRawPointer {
    // SAFETY: generated code passes slots of its own message's table.
    unsafe base + ImageFormat.offset(ofSlot: slot)
  }

  @inlinable
  func quantifier<T: BitwiseCopyable>(_ slot: Int, as type: T.Type) -> T {
    // SAFETY: as above; the quantifier ends the slot.
    unsafe location(slot).load(fromByteOffset: ImageFormat.quantifierOffset, as: type)
  }

  /// The value of a field without presence, or of the oneof member that is set.
  @inlinable
  public func value<Value: FieldValue>(at slot: Int) throws(DecodingError) -> Value {
    do {
      // SAFETY: the table gives the slot a value of this type; absent is all zeros, the default.
      return try unsafe Value(imageAt: location(slot))
    } catch {
      throw located(error, slot)
    }
  }

  /// The value of a field with presence, `nil` when it is absent.
  @inlinable
  public func optional<Value: FieldValue>(at slot: Int) throws(DecodingError) -> Value? {
    quantifier(slot, as: Int32.self) == 0 ? nil : try value(at: slot)
  }

  /// The number of the member of a oneof that is set, 0 for none.
  @inlinable
  public func oneofNumber(at slot: Int) -> Int {
    Int(quantifier(slot, as: UInt32.self))
  }

  /// The values of a repeated field.
  @inlinable
  public func array<Value: FieldValue>(at slot: Int) throws(DecodingError) -> [Value] {
    let count = quantifier(slot, as: Int.self)
    // SAFETY: the slot holds a pointer to `count` values.
    guard count > 0, let first = unsafe location(slot).load(as: UnsafeRawPointer?.self) else {
      return []
    }
    do {
      var values: [Value] = []
      values.reserveCapacity(count)
      for index in 0..<count {
        values.append(try unsafe Value(imageAt: first + index * Value.imageByteCount))
      }
      return values
    } catch {
      throw located(error, slot)
    }
  }

  /// The entries of a map. A key that comes twice has its last value.
  ///
  /// - Throws: ``DecodingError/Reason/equivalentKeys`` when a dictionary cannot hold all keys.
  @inlinable
  public func map<Key: MapKey, Value: FieldValue>(
    at slot: Int
  ) throws(DecodingError) -> [Key: Value] {
    let count = quantifier(slot, as: Int.self)
    // SAFETY: the slot holds a pointer to `count` pointers to entries.
    guard count > 0,
      let first = unsafe location(slot).load(as: UnsafePointer<UnsafeRawPointer>?.self)
    else { return [:] }
    var values: [Key: Value] = [:]
    values.reserveCapacity(count)
    do {
      for index in 0..<count {
        let entry = unsafe ImageReader(first[index])
        values[try entry.value(at: 0)] = try entry.value(at: 1) as Value
      }
      // A map without a key that came twice, as nearly all are, pays for one comparison.
      if values.count < count { try requireSameKeys(as: values, at: slot) }
      return values
    } catch {
      throw located(error, slot)
    }
  }

  /// The fields the schema does not know.
  @inlinable
  public var unknownFields: UnknownFields {
    // SAFETY: the header of every image has the count here.
    unsafe base.load(fromByteOffset: ImageFormat.unknownCountOffset, as: UInt32.self) == 0
      ? UnknownFields() : copiedUnknownFields()
  }
}
