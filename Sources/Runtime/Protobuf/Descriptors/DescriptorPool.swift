/// Finds generated types by the names they have in the schema: for `Any`, reflection and JSON.
public struct DescriptorPool: Sendable {
  /// The files in the pool, in the order given.
  public let files: [FileDescriptor]

  private let messagesByName: [String: any Message.Type]
  private let enumsByName: [String: any OpenEnum.Type]

  /// A pool of the types in some files.
  ///
  ///     DescriptorPool(SafeMobility.fileDescriptors + GoogleProtobuf.fileDescriptors)
  public init(_ files: [FileDescriptor]) {
    self.files = files
    messagesByName = Dictionary(
      files.flatMap(\.messages).map { ($0.descriptor.fullName, $0) }
    ) { first, _ in first }
    enumsByName = Dictionary(
      files.flatMap(\.enums).map { ($0.descriptor.fullName, $0) }
    ) { first, _ in first }
  }

  /// The message type of a full name such as `google.protobuf.Timestamp`.
  public func message(named fullName: String) -> (any Message.Type)? {
    messagesByName[fullName]
  }

  /// The enum type of a full name.
  public func `enum`(named fullName: String) -> (any OpenEnum.Type)? {
    enumsByName[fullName]
  }

  /// The file of a name such as `safemobility/v1/office.proto`.
  public func file(named name: String) -> FileDescriptor? {
    files.first { $0.name == name }
  }
}
