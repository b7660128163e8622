internal import CProtobufC

/// What a decoder must do with a value: ``FieldType`` without the names.
enum FieldKind: UInt8 {
  case int32
  case sint32
  case fixed32
  case int64
  case sint64
  case fixed64
  case bool
  case bytes
  case string
  case message

  /// The wire type of one value on its own.
  var wireType: WireType {
    switch self {
    case .int32, .sint32, .int64, .sint64, .bool: .varint
    case .fixed32: .fixed32
    case .fixed64: .fixed64
    case .bytes, .string, .message: .lengthDelimited
    }
  }

  /// Bytes of one value in an array of the image.
  var stride: Int {
    switch self {
    case .int32, .sint32, .fixed32, .bool: 4
    case .int64, .sint64, .fixed64, .message: 8
    case .bytes, .string: 16
    }
  }

  /// Whether several values may stand in one length-delimited run.
  var isPackable: Bool {
    wireType != .lengthDelimited
  }
}

extension FieldType {
  /// Enums are open, so an enum is an int32 and every number is kept.
  var kind: FieldKind {
    switch self {
    case .int32, .uint32, .enum, .describedEnum: .int32
    case .sint32: .sint32
    case .float, .fixed32, .sfixed32: .fixed32
    case .int64, .uint64: .int64
    case .sint64: .sint64
    case .double, .fixed64, .sfixed64: .fixed64
    case .bool: .bool
    case .bytes: .bytes
    case .string: .string
    case .message, .describedMessage: .message
    }
  }

  /// The library's word for the type. A string is declared as bytes: the library would cut it at the
  /// first NUL and copy it once more. An enum is declared as the int32 it is on the wire.
  var libraryType: ProtobufCType {
    switch self {
    case .double: PROTOBUF_C_TYPE_DOUBLE
    case .float: PROTOBUF_C_TYPE_FLOAT
    case .int32, .enum, .describedEnum: PROTOBUF_C_TYPE_INT32
    case .int64: PROTOBUF_C_TYPE_INT64
    case .uint32: PROTOBUF_C_TYPE_UINT32
    case .uint64: PROTOBUF_C_TYPE_UINT64
    case .sint32: PROTOBUF_C_TYPE_SINT32
    case .sint64: PROTOBUF_C_TYPE_SINT64
    case .fixed32: PROTOBUF_C_TYPE_FIXED32
    case .fixed64: PROTOBUF_C_TYPE_FIXED64
    case .sfixed32: PROTOBUF_C_TYPE_SFIXED32
    case .sfixed64: PROTOBUF_C_TYPE_SFIXED64
    case .bool: PROTOBUF_C_TYPE_BOOL
    case .string, .bytes: PROTOBUF_C_TYPE_BYTES
    case .message, .describedMessage: PROTOBUF_C_TYPE_MESSAGE
    }
  }
}
