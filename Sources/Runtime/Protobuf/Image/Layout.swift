internal import CProtobufC

/// What a decoder needs to know of one field, in 32 bytes.
@safe
struct FieldEntry {
  var number: UInt32
  var kind: FieldKind
  var wireType: UInt8
  var isRepeated: Bool
  var isMember: Bool
  /// Which bit stands for this single message field when duplicates are looked for; 64 and above
  /// share none and always count as a duplicate.
  var singleMessageBit: UInt8
  var valueOffset: Int32
  var quantifierOffset: Int32
  /// The message's own layout, filled in when the descriptor is completed.
  var message: UnsafePointer<Layout>?
}

/// The tables of one message type in memory that lives as long as the program: the library's
/// descriptor, and our own for decoding and for views.
@safe
struct Layout {
  /// Not retained: descriptors are immortal.
  let descriptor: Unmanaged<MessageDescriptor>
  let library: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  let libraryFields: UnsafeMutablePointer<ProtobufCFieldDescriptor>
  let entries: UnsafeMutablePointer<FieldEntry>
  let entryCount: Int
  let imageByteCount: Int
  /// Index + 1 of each field number below `denseCount`, 0 where there is none.
  let dense: UnsafeMutablePointer<UInt16>
  let denseCount: UInt32

  /// Numbers up to here are found by one load; the rest by binary search.
  static let denseNumberMax = 255

  /// The entry of a field number, `nil` when the message has no such field.
  @inline(__always)
  func entry(_ number: UInt32) -> UnsafeMutablePointer<FieldEntry>? {
    // SAFETY: the index is below `denseCount`, and every stored index below `entryCount`.
    if number < denseCount {
      let index = unsafe Int(dense[Int(number)])
      return index == 0 ? nil : unsafe entries + (index - 1)
    }
    return number <= UInt32(Self.denseNumberMax) ? nil : unsafe search(number)
  }

  private func search(_ number: UInt32) -> UnsafeMutablePointer<FieldEntry>? {
    var low = 0
    var high = entryCount
    while low < high {
      let middle = (low + high) / 2
      // SAFETY: `middle` is below `entryCount`.
      let found = unsafe entries[middle].number
      if found == number { return unsafe entries + middle }
      if found < number { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
