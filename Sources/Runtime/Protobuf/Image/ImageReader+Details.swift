internal import CProtobufC

extension ImageReader {
  /// The library keeps an unknown field as its number, its wire type, and the bytes after the tag.
  @usableFromInline
  func copiedUnknownFields() -> UnknownFields {
    // SAFETY: every image begins with the library's header, and its unknown fields are initialized.
    let header = unsafe base.assumingMemoryBound(to: ProtobufCMessage.self)
    var bytes: [UInt8] = []
    for index in 0..<Int(unsafe header.pointee.n_unknown_fields) {
      let field = unsafe header.pointee.unknown_fields[index]
      let wireType = UInt64(unsafe field.wire_type.rawValue)
      WireFormat.append(varint: UInt64(unsafe field.tag) << 3 | wireType, to: &bytes)
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: field.data, count: field.len))
    }
    return UnknownFields(uncheckedBytes: bytes)
  }

  /// Throws unless every key of a map's entries is, in its bytes, the key that stands for it in
  /// `values`.
  @usableFromInline
  @inline(never)
  func requireSameKeys<Key: MapKey, Value>(
    as values: [Key: Value], at slot: Int
  ) throws(DecodingError) {
    // SAFETY: `map(at:)` has read as many entries from the pointer in this slot.
    let first = unsafe location(slot).load(as: UnsafePointer<UnsafeRawPointer>.self)
    for index in 0..<quantifier(slot, as: Int.self) {
      let key: Key = try unsafe ImageReader(first[index]).value(at: 0)
      guard let place = values.index(forKey: key), Key.isSame(values.keys[place], key) else {
        throw DecodingError(.equivalentKeys)
      }
    }
  }

  /// The layout of the message, found by way of the library's descriptor.
  var layout: UnsafePointer<Layout> {
    // SAFETY: every image begins with its descriptor, and `reserved1` is set by `LayoutBuilder`.
    unsafe UnsafePointer(
      base.assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor.pointee.reserved1
        .assumingMemoryBound(to: Layout.self))
  }

  /// The error with the field's name put in front of its path.
  @usableFromInline
  @inline(never)
  func located(_ error: DecodingError, _ slot: Int) -> DecodingError {
    // SAFETY: descriptors are immortal.
    let descriptor = unsafe layout.pointee.descriptor.takeUnretainedValue()
    var index = slot
    if descriptor.fields[slot].oneofName != nil {
      index = descriptor.fields.firstIndex { $0.number == oneofNumber(at: slot) } ?? slot
    }
    let name = descriptor.fields[index].name
    var result = error
    result.path = error.path.isEmpty ? name : "\(name).\(error.path)"
    return result
  }
}

extension ImageReader {
  /// The error with the name of a field of this message put in front of its path.
  @inline(never)
  func located(_ error: DecodingError, _ entry: FieldEntry) -> DecodingError {
    // SAFETY: descriptors are immortal.
    let descriptor = unsafe layout.pointee.descriptor.takeUnretainedValue()
    var result = error
    guard let name = descriptor.field(number: Int(entry.number))?.name else { return result }
    result.path = error.path.isEmpty ? name : "\(name).\(error.path)"
    return result
  }
}
