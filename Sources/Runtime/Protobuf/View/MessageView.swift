/// A message seen by its schema instead of by its Swift type: for JSON, validation, redaction, field
/// masks and tools.
///
/// A view lives only inside the closure it is given to, and cannot be copied out of it. Fields come
/// from its own ``descriptor``; one of another message stops the program.
@safe
public struct MessageView: ~Copyable {
  private let base: UnsafeRawPointer

  /// The schema of the message.
  public let descriptor: MessageDescriptor

  /// - Parameter base: an image, alive for as long as the view.
  @unsafe
  init(_ base: UnsafeRawPointer) {
    unsafe self.base = base
    // SAFETY: descriptors are immortal.
    descriptor = unsafe ImageReader(base).layout.pointee.descriptor.takeUnretainedValue()
  }

  private func entry(_ field: FieldDescriptor) -> FieldEntry {
    // SAFETY: entries of a layout are immortal.
    guard let entry = unsafe descriptor.layout.pointee.entry(UInt32(field.number)) else {
      preconditionFailure("\(descriptor.fullName) has no field \(field.number)")
    }
    return unsafe entry.pointee
  }

  /// The values of a field: 0 or 1 of a single one, any number of a repeated one. A single field
  /// without presence has no value when it holds the default. A map has its entries as they came,
  /// the last of several with one key being the one that counts.
  public func count(_ field: FieldDescriptor) -> Int {
    let entry = entry(field)
    // SAFETY: the entry's offsets lie inside the image.
    let quantifier = unsafe base + Int(entry.quantifierOffset)
    if entry.isRepeated { return unsafe quantifier.load(as: Int.self) }
    let mark = unsafe quantifier.load(as: UInt32.self)
    if entry.isMember { return mark == entry.number ? 1 : 0 }
    if mark == 0 { return 0 }
    return field.cardinality == .implicit && isDefault(entry) ? 0 : 1
  }

  /// Whether a field has a value.
  public func isPresent(_ field: FieldDescriptor) -> Bool {
    count(field) > 0
  }

  /// The fields that have a value, in the order of their numbers.
  public var presentFields: [FieldDescriptor] {
    descriptor.fields.filter { isPresent($0) }
  }

  /// A value of a field that is not a message; for a single field without a value, the default.
  ///
  /// - Parameters:
  ///   - index: below ``count(_:)`` for a repeated field, 0 for a single one.
  /// - Throws: ``DecodingError/Reason/invalidUTF8`` for a damaged string in a view of bytes; a view
  ///   of a Swift value never throws.
  public func scalar(
    _ field: FieldDescriptor, at index: Int = 0
  ) throws(DecodingError) -> Scalar {
    let entry = entry(field)
    let own = descriptor.field(number: field.number) ?? field
    if entry.isMember, count(field) == 0 { return own.type.zero }
    do {
      return try unsafe Scalar(own.type, imageAt: location(entry, index))
    } catch {
      throw unsafe ImageReader(base).located(error, entry)
    }
  }

  /// Runs `body` with a view of a message in a field, or returns `nil` when the field has none.
  public func withMessage<Result, Failure: Error>(
    _ field: FieldDescriptor, at index: Int = 0,
    _ body: (borrowing MessageView) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    let entry = entry(field)
    guard entry.kind == .message, index < count(field) else { return nil }
    // SAFETY: the field is a message and present, so there is a pointer to its image.
    return try unsafe body(
      MessageView(location(entry, index).load(as: UnsafeRawPointer.self)))
  }

  /// The fields the schema does not know.
  public var unknownFields: UnknownFields {
    unsafe ImageReader(base).unknownFields
  }

  private func location(_ entry: FieldEntry, _ index: Int) -> UnsafeRawPointer {
    // SAFETY: the entry's offsets lie inside the image, and the index is checked.
    let slot = unsafe base + Int(entry.valueOffset)
    guard entry.isRepeated else {
      precondition(index == 0, "a single field has one value")
      return unsafe slot
    }
    let count = unsafe (base + Int(entry.quantifierOffset)).load(as: Int.self)
    precondition((0..<count).contains(index), "index beyond the values of the field")
    return unsafe slot.load(as: UnsafeRawPointer.self) + index * entry.kind.stride
  }

  private func isDefault(_ entry: FieldEntry) -> Bool {
    // SAFETY: the entry's offsets lie inside the image. Of bytes and strings the length decides.
    let value = unsafe base + Int(entry.valueOffset)
    return entry.kind.stride == 4
      ? unsafe value.load(as: UInt32.self) == 0 : unsafe value.load(as: UInt64.self) == 0
  }
}

extension FieldType {
  /// What an absent field of this type reads as.
  fileprivate var zero: Scalar {
    switch self {
    case .int32, .sint32, .sfixed32: .int32(0)
    case .uint32, .fixed32: .uint32(0)
    case .int64, .sint64, .sfixed64: .int64(0)
    case .uint64, .fixed64: .uint64(0)
    case .float: .float(0)
    case .double: .double(0)
    case .bool: .bool(false)
    case .string: .string("")
    case .bytes: .bytes([])
    case .enum, .describedEnum: .enum(0)
    case .message, .describedMessage: preconditionFailure("a message is not a scalar")
    }
  }
}
