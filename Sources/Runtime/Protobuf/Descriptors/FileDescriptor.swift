/// One .proto file: its messages and enums in Swift, and what the compiler made of it.
public final class FileDescriptor: Sendable {
  /// The path that `import` names it by, for example `safemobility/v1/office.proto`.
  public let name: String

  /// The proto package, empty for none.
  public let package: String

  /// Every message, nested ones too, without the entries of maps.
  public let messages: [any Message.Type]

  /// Every enum, nested ones too.
  public let enums: [any OpenEnum.Type]

  /// The serialized `google.protobuf.FileDescriptorProto`, with options and without comments.
  public let serializedBytes: [UInt8]

  /// Generated code calls this.
  public init(
    name: String, package: String, messages: [any Message.Type], enums: [any OpenEnum.Type],
    base64: String
  ) {
    self.name = name
    self.package = package
    self.messages = messages
    self.enums = enums
    guard let bytes = Base64.decode(base64) else {
      preconditionFailure("the generated descriptor of \(name) is damaged")
    }
    serializedBytes = bytes
  }
}
