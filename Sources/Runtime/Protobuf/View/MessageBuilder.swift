/// Fills a message by its schema instead of by its Swift type: the other half of ``MessageView``.
///
/// JSON is read through it. Like a view it lives only inside a closure. A single field set twice
/// keeps the last value.
@safe
struct MessageBuilder: ~Copyable {
  private var writer: ImageWriter

  /// The schema of the message.
  let descriptor: MessageDescriptor

  init(
    _ descriptor: MessageDescriptor, _ arena: UnsafeMutablePointer<ArenaState>
  ) throws(DecodingError) {
    self.descriptor = descriptor
    guard let writer = try? unsafe ImageWriter(empty: descriptor.completeLayout, arena) else {
      throw DecodingError(.budgetExceeded)
    }
    self.writer = writer
  }

  /// Sets a single field, or adds a value to a repeated one.
  ///
  /// - Throws: ``DecodingError/Reason/budgetExceeded``.
  mutating func add(_ value: Scalar, to field: FieldDescriptor) throws(DecodingError) {
    precondition(value.fits(field.type), "\(field.name) takes another type")
    let location = try unsafe place(field)
    do throws(EncodingError) {
      try unsafe value.store(at: location, in: &writer)
    } catch {
      throw DecodingError(.budgetExceeded)
    }
  }

  /// Sets a single message field, or adds a message to a repeated one, and fills it.
  mutating func addMessage<Failure: Error>(
    to field: FieldDescriptor, orThrow convert: (DecodingError) -> Failure,
    _ populate: (inout MessageBuilder) throws(Failure) -> Void
  ) throws(Failure) {
    guard let type = field.type.messageDescriptor else {
      preconditionFailure("\(field.name) is not a message")
    }
    let location: UnsafeMutableRawPointer
    var inner: MessageBuilder
    do throws(DecodingError) {
      unsafe location = try place(field)
      inner = try unsafe MessageBuilder(type, writer.arena)
    } catch {
      throw convert(error)
    }
    // SAFETY: `place` gives room for a pointer.
    unsafe location.storeBytes(of: inner.writer.base, as: UnsafeMutableRawPointer.self)
    try populate(&inner)
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

  var base: UnsafeMutableRawPointer {
    unsafe writer.base
  }
}

extension Message {
  /// Makes a message by its schema.
  init<Failure: Error>(
    building populate: (inout MessageBuilder) throws(Failure) -> Void,
    limits: DecodingLimits = .standard, orThrow convert: (DecodingError) -> Failure
  ) throws(Failure) {
    let arena = Arena(byteCountMax: limits.arenaByteCountMax)
    var builder: MessageBuilder
    do throws(DecodingError) {
      builder = try unsafe MessageBuilder(Self.descriptor, arena.state)
    } catch {
      throw convert(error)
    }
    try populate(&builder)
    do throws(DecodingError) {
      self = try unsafe DecodedImage(builder.base, in: arena).read(as: Self.self)
    } catch {
      throw convert(error.named(Self.descriptor))
    }
  }
}
