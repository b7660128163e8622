import Protobuf

/// The types of the wire that are neither messages nor enums.
/// https://protobuf.dev/programming-guides/proto3/#scalar
enum ScalarType: String, Hashable {
  case double
  case float
  case int32
  case int64
  case uint32
  case uint64
  case sint32
  case sint64
  case fixed32
  case fixed64
  case sfixed32
  case sfixed64
  case bool
  case string
  case bytes

  init?(_ type: GoogleProtobuf.FieldDescriptorProto.Type_) {
    switch type {
    case .double: self = .double
    case .float: self = .float
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint32: self = .uint32
    case .uint64: self = .uint64
    case .sint32: self = .sint32
    case .sint64: self = .sint64
    case .fixed32: self = .fixed32
    case .fixed64: self = .fixed64
    case .sfixed32: self = .sfixed32
    case .sfixed64: self = .sfixed64
    case .bool: self = .bool
    case .string: self = .string
    case .bytes: self = .bytes
    case .group, .message, .enum, .unrecognized: return nil
    }
  }

  var swiftName: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    }
  }

  /// What an absent value reads as, in Swift source.
  var zero: String {
    switch self {
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    default: "0"
    }
  }

  /// Whether a repeated field of it may be packed.
  var isPackable: Bool {
    self != .string && self != .bytes
  }

  /// Bytes of one value inside a Swift struct.
  var inlineSize: Int {
    switch self {
    case .bool: 1
    case .float, .int32, .sint32, .sfixed32, .uint32, .fixed32: 4
    case .string: 16
    default: 8
    }
  }
}
