/// A message: a Swift value that protobuf bytes and JSON can be made of, and back.
///
/// protoc-gen-pasarela writes the conformances. The first four requirements are what programs use;
/// the last two are the generated glue between a value and its image in memory, on which the wire
/// format, JSON and views all work.
public protocol Message: FieldValue {
  /// A message with no field set.
  init()

  /// The schema of the message.
  static var descriptor: MessageDescriptor { get }

  /// Fields that the schema does not know.
  var unknownFields: UnknownFields { get set }

  /// Makes a value from an image. Generated.
  init(reading image: borrowing ImageReader) throws(DecodingError)

  /// Fills an image from the value. Generated.
  func write(into image: inout ImageWriter) throws(EncodingError)
}

extension Message {
  /// A message with some fields set.
  ///
  ///     let office = SafeMobility.Office.with { $0.countryCode = "GT" }
  @inlinable
  public static func with<Failure: Error>(
    _ populate: (inout Self) throws(Failure) -> Void
  ) throws(Failure) -> Self {
    var message = Self()
    try populate(&message)
    return message
  }

  /// Whether no field is set.
  public var isDefault: Bool {
    self == Self()
  }

  /// 8: in an image, a message within a message is a pointer.
  public static var imageByteCount: Int {
    8
  }

  /// Follows the pointer; a missing message is an empty one.
  @inlinable
  @unsafe
  public init(imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for a pointer to an image of this type, or none, at `location`.
    if let base = unsafe location.load(as: UnsafeRawPointer?.self) {
      try self.init(reading: unsafe ImageReader(base))
    } else {
      self.init()
    }
  }

  /// Fills a new image and stores the pointer to it.
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    var inner = try image.makeInner(Self.descriptor)
    try write(into: &inner)
    image.leaveInner()
    // SAFETY: the caller vouches for room for a pointer at `location`.
    unsafe location.storeBytes(of: inner.base, as: UnsafeMutableRawPointer.self)
  }
}
