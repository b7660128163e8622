/// Fills a message by its schema instead of by its Swift type: the other half of ``MessageView``.
///
/// JSON is read through it. A single field set twice keeps the last value. A builder, and the
/// builders of messages within it, may be used only while the ``NewImage`` that it came from exists.
@safe
struct MessageBuilder: ~Copyable {
  private var writer: ImageWriter

  /// The schema of the message.
  let descriptor: MessageDescriptor

  fileprivate init(
    _ descriptor: MessageDescriptor, _ arena: UnsafeMutablePointer<ArenaState>
  ) throws(DecodingError) {
    do throws(EncodingError) {
      writer = try unsafe ImageWriter(empty: descriptor.completeLayout, arena)
    } catch {
      throw DecodingError(.budgetExceeded)
    }
    self.descriptor = descriptor
  }

  /// Sets a single field, or adds a value to a repeated one.
  ///
  /// - Throws: ``DecodingError/Reason/budgetExceeded``.
  mutating func add(_ value: Scalar, to field: FieldDescriptor) throws(DecodingError) {
    precondition(value.fits(field.type), "\(field.name) takes another type")
    // Of a field without presence the default is nothing, and must not be written as something.
    if field.cardinality == .implicit, value.isDefault, !isSlotTaken(field) { return }
    let location = try unsafe place(field)
    do throws(EncodingError) {
      try unsafe value.store(at: location, in: &writer)
    } catch {
      throw DecodingError(.budgetExceeded)
    }
  }

  /// Sets a single message field, or adds a message to a repeated one, and returns its builder.
  ///
  /// - Throws: ``DecodingError/Reason/budgetExceeded``.
  mutating func addMessage(to field: FieldDescriptor) throws(DecodingError) -> MessageBuilder {
    guard let type = field.type.messageDescriptor else {
      preconditionFailure("\(field.name) is not a message")
    }
    let inner = try unsafe MessageBuilder(type, writer.arena)
    // SAFETY: `place` gives room for a pointer.
    unsafe try place(field).storeBytes(of: inner.base, as: UnsafeMutableRawPointer.self)
    return inner
  }

  /// Keeps fields that the schema does not know.
  mutating func setUnknownFields(_ unknownFields: UnknownFields) {
    writer.set(unknownFields: unknownFields)
  }

  /// Whether a single field has a value, or any member of its oneof has.
  func isSlotTaken(_ field: FieldDescriptor) -> Bool {
    writer.quantifier(field.slot) != 0
  }

  private func place(_ field: FieldDescriptor) throws(DecodingError) -> UnsafeMutableRawPointer {
    // SAFETY: entries of a layout are immortal, their offsets lie inside the image.
    guard let entry = unsafe descriptor.layout.pointee.entry(UInt32(field.number)) else {
      preconditionFailure("\(descriptor.fullName) has no field \(field.number)")
    }
    let place = unsafe writer.arena.pointee.place(for: entry.pointee, in: writer.base)
    guard let place = unsafe place else { throw DecodingError(.budgetExceeded) }
    return unsafe place
  }

  fileprivate var base: UnsafeMutableRawPointer {
    unsafe writer.base
  }
}

/// An image being made by other means than the wire.
struct NewImage: ~Copyable {
  private let arena: Arena

  /// The outermost message.
  var message: MessageBuilder

  /// An image with nothing set.
  init(_ descriptor: MessageDescriptor, _ limits: DecodingLimits) throws(DecodingError) {
    let arena = Arena(byteCountMax: limits.arenaByteCountMax)
    message = try unsafe MessageBuilder(descriptor, arena.state)
    self.arena = arena
  }

  /// The outermost message as bytes, for which no Swift type is needed.
  consuming func serializedBytes() throws(EncodingError) -> [UInt8] {
    var bytes: [UInt8] = []
    let base = unsafe message.base
    try unsafe EncodedImage(base, in: arena).pack(into: &bytes)
    return bytes
  }

  /// The Swift value of the outermost message, whose type must be the descriptor's.
  consuming func read<Value: Message>(as type: Value.Type) throws(DecodingError) -> Value {
    precondition(message.descriptor === Value.descriptor, "the image is of another type")
    do throws(DecodingError) {
      let base = unsafe message.base
      return try unsafe DecodedImage(base, in: arena).read(as: type)
    } catch {
      throw error.named(Value.descriptor)
    }
  }
}
