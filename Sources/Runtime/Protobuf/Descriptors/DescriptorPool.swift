/// Finds types by the names they have in the schema: for `Any`, reflection and JSON.
public struct DescriptorPool: Sendable {
  /// The files in the pool, in the order given.
  public let files: [FileDescriptor]

  private let messagesByName: [String: any Message.Type]
  private let enumsByName: [String: any OpenEnum.Type]

  /// Where the types are that have no Swift code.
  private let schema: RuntimeSchema?

  /// A pool of the types in some files.
  ///
  ///     DescriptorPool(SafeMobility.fileDescriptors + GoogleProtobuf.fileDescriptors)
  ///
  /// - Parameter schema: has more types, which ``descriptor(named:)`` finds where the files have none
  public init(_ files: [FileDescriptor], and schema: RuntimeSchema? = nil) {
    self.files = files
    self.schema = schema
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

  /// The schema of a message of a full name, whether or not there is Swift code for it.
  public func descriptor(named fullName: String) -> MessageDescriptor? {
    messagesByName[fullName]?.descriptor ?? schema?.message(named: fullName)
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
