/// One value of a field, seen without its Swift type.
public enum Scalar: Hashable, Sendable {
  case int32(Int32)
  case int64(Int64)
  case uint32(UInt32)
  case uint64(UInt64)
  case float(Float)
  case double(Double)
  case bool(Bool)
  case string(String)
  case bytes([UInt8])
  /// The number of an enum value, known to the schema or not.
  case `enum`(Int32)
}

extension Scalar {
  /// Whether this is what an absent field reads as.
  public var isDefault: Bool {
    switch self {
    case .int32(let value), .enum(let value): value.isDefault
    case .int64(let value): value.isDefault
    case .uint32(let value): value.isDefault
    case .uint64(let value): value.isDefault
    case .float(let value): value.isDefault
    case .double(let value): value.isDefault
    case .bool(let value): value.isDefault
    case .string(let value): value.isDefault
    case .bytes(let value): value.isDefault
    }
  }

  /// Reads a value of a field of this type, which is not a message.
  ///
  /// - Parameter location: an initialized value of the type in an image.
  @unsafe
  init(_ type: FieldType, imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for the type; see `FieldKind` for what each takes.
    switch type {
    case .int32, .sint32, .sfixed32: self = .int32(try unsafe Int32(imageAt: location))
    case .uint32, .fixed32: self = .uint32(try unsafe UInt32(imageAt: location))
    case .int64, .sint64, .sfixed64: self = .int64(try unsafe Int64(imageAt: location))
    case .uint64, .fixed64: self = .uint64(try unsafe UInt64(imageAt: location))
    case .float: self = .float(try unsafe Float(imageAt: location))
    case .double: self = .double(try unsafe Double(imageAt: location))
    case .bool: self = .bool(try unsafe Bool(imageAt: location))
    case .string: self = .string(try unsafe String(imageAt: location))
    case .bytes: self = .bytes(unsafe [UInt8](imageAt: location))
    case .enum, .describedEnum: self = .enum(try unsafe Int32(imageAt: location))
    case .message, .describedMessage: preconditionFailure("a message is not a scalar")
    }
  }

  /// Writes the value; its case must be the one that `init` gives for the field's type.
  @unsafe
  func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    switch self {
    case .int32(let value), .enum(let value): try unsafe value.store(at: location, in: &image)
    case .int64(let value): try unsafe value.store(at: location, in: &image)
    case .uint32(let value): try unsafe value.store(at: location, in: &image)
    case .uint64(let value): try unsafe value.store(at: location, in: &image)
    case .float(let value): try unsafe value.store(at: location, in: &image)
    case .double(let value): try unsafe value.store(at: location, in: &image)
    case .bool(let value): try unsafe value.store(at: location, in: &image)
    case .string(let value): try unsafe value.store(at: location, in: &image)
    case .bytes(let value): try unsafe value.store(at: location, in: &image)
    }
  }

  /// Whether this is the case that values of `type` have.
  func fits(_ type: FieldType) -> Bool {
    switch (self, type) {
    case (.int32, .int32), (.int32, .sint32), (.int32, .sfixed32): true
    case (.uint32, .uint32), (.uint32, .fixed32): true
    case (.int64, .int64), (.int64, .sint64), (.int64, .sfixed64): true
    case (.uint64, .uint64), (.uint64, .fixed64): true
    case (.float, .float), (.double, .double), (.bool, .bool): true
    case (.string, .string), (.bytes, .bytes): true
    case (.enum, .enum), (.enum, .describedEnum): true
    default: false
    }
  }
}
