/// The type of a field as the schema declares it.
///
/// Types of messages and enums are named by metatype and asked for their descriptor only when it is
/// needed, so that messages may contain each other.
public enum FieldType: Sendable {
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
  /// An enum with generated Swift code.
  case `enum`(any OpenEnum.Type)
  /// A message with generated Swift code.
  case message(any Message.Type)
  /// An enum known only by its descriptor.
  case describedEnum(@Sendable () -> EnumDescriptor)
  /// A message known only by its descriptor, such as the entry of a map.
  case describedMessage(@Sendable () -> MessageDescriptor)
}

extension FieldType {
  /// The descriptor of a message type, `nil` for every other type.
  public var messageDescriptor: MessageDescriptor? {
    switch self {
    case .message(let type): type.descriptor
    case .describedMessage(let descriptor): descriptor()
    default: nil
    }
  }

  /// The descriptor of an enum type, `nil` for every other type.
  public var enumDescriptor: EnumDescriptor? {
    switch self {
    case .enum(let type): type.descriptor
    case .describedEnum(let descriptor): descriptor()
    default: nil
    }
  }

  /// Whether the type is a message.
  public var isMessage: Bool {
    switch self {
    case .message, .describedMessage: true
    default: false
    }
  }
}
