/// A schema that was read while the program runs: from a server's reflection, a descriptor set or a compiler.
///
/// Its messages have no Swift types; they are seen through a ``MessageView`` and written and read as JSON. What it
/// declares may be a stranger's, so all of it is checked before anything is made of it. Its descriptors
/// live as long as the program.
public final class RuntimeSchema: Sendable {
  /// The files, each after those that it imports where they came so.
  public let files: [GoogleProtobuf.FileDescriptorProto]
  /// Every service, in the order of the files.
  public let services: [Service]

  private let types: TypeTable

  /// A service as the schema declares it.
  public struct Service: Sendable {
    /// Package and name.
    public let fullName: String
    /// Its methods, in the order of the schema.
    public let methods: [Method]
    /// The file that declares it.
    public let file: String
  }

  /// A method as the schema declares it.
  public struct Method: Sendable {
    /// Its own name.
    public let name: String
    /// What it takes.
    public let request: MessageDescriptor
    /// What it returns.
    public let response: MessageDescriptor
    /// Whether it takes any number of requests.
    public let streamsRequests: Bool
    /// Whether it returns any number of responses.
    public let streamsResponses: Bool
    /// Its options, as they came.
    public let options: GoogleProtobuf.MethodOptions?
  }

  /// Why a schema was refused.
  public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, and what in it.
    public var place: String
    /// What is wrong with it.
    public var reason: String

    /// One line.
    public var description: String { "\(place): \(reason)" }
  }

  /// Makes the types of some files.
  ///
  /// - Parameter files: with everything that they import, in any order. A file that is there twice counts once. The
  ///   types of `google/protobuf` may be missing.
  /// - Throws: ``Refusal`` where the files contradict themselves or lack something, use editions, or declare more than
  ///   a schema may.
  public init(_ files: [GoogleProtobuf.FileDescriptorProto]) throws(Refusal) {
    var names: Set<String> = []
    self.files = files.filter { names.insert($0.name ?? "").inserted }
    var builder = RuntimeSchemaBuilder()
    for file in self.files { try builder.declare(file) }
    types = try builder.build()
    services = try builder.services(types)
  }

  /// Makes the types of a serialized `google.protobuf.FileDescriptorSet`, as `protoc --descriptor_set_out
  /// --include_imports` writes it.
  public convenience init(descriptorSet bytes: [UInt8]) throws {
    try self.init(GoogleProtobuf.FileDescriptorSet(serializedBytes: bytes).file)
  }

  /// The message of a full name.
  public func message(named fullName: String) -> MessageDescriptor? {
    types.message(fullName)
  }

  /// The enum of a full name.
  public func `enum`(named fullName: String) -> EnumDescriptor? {
    types.enum(fullName)
  }

  /// The service of a full name.
  public func service(named fullName: String) -> Service? {
    services.first { $0.fullName == fullName }
  }
}

/// Types by name, for fields that come before what they are of. Complete before anybody else has it.
final class TypeTable: Sendable {
  private let messages: [String: MessageDescriptor]
  private let enums: [String: EnumDescriptor]

  init(messages: [String: MessageDescriptor], enums: [String: EnumDescriptor]) {
    self.messages = messages
    self.enums = enums
  }

  /// The types of `google.protobuf` are those that were compiled in, whatever a stranger says they are.
  static let compiled = DescriptorPool(GoogleProtobuf.fileDescriptors)

  func message(_ name: String) -> MessageDescriptor? {
    Self.compiled.message(named: name)?.descriptor ?? messages[name]
  }

  func `enum`(_ name: String) -> EnumDescriptor? {
    Self.compiled.enum(named: name)?.descriptor ?? enums[name]
  }
}
