internal import Protobuf

extension SchemaIndex {
  /// Indexes `descriptors`; of two files or things of one name the first counts.
  ///
  /// - Precondition: the descriptors are what the compiler wrote.
  init(_ descriptors: [FileDescriptor]) {
    var schemas: [GoogleProtobuf.FileDescriptorProto] = []
    for descriptor in descriptors where filesByName[descriptor.name] == nil {
      filesByName[descriptor.name] = files.count
      files.append(File(serializedBytes: descriptor.serializedBytes))
      schemas.append(Self.schema(of: descriptor))
    }
    for (index, schema) in schemas.enumerated() {
      files[index].dependencies = schema.dependency.compactMap { filesByName[$0] }
      add(schema, from: index)
    }
  }

  private static func schema(of descriptor: FileDescriptor) -> GoogleProtobuf.FileDescriptorProto {
    do {
      return try GoogleProtobuf.FileDescriptorProto(serializedBytes: descriptor.serializedBytes)
    } catch {
      preconditionFailure("the generated descriptor of \(descriptor.name) is damaged: \(error)")
    }
  }

  private mutating func add(_ schema: GoogleProtobuf.FileDescriptorProto, from file: FileIndex) {
    let scope = schema.package ?? ""
    for service in schema.service {
      let name = declare(service.name, in: scope, from: file)
      for method in service.method { declare(method.name, in: name, from: file) }
    }
    for message in schema.messageType { add(message, in: scope, from: file) }
    for one in schema.enumType { add(one, in: scope, from: file) }
    for one in schema.extension { add(extension: one, in: scope, from: file) }
  }

  private mutating func add(
    _ message: GoogleProtobuf.DescriptorProto, in scope: String, from file: FileIndex
  ) {
    let name = declare(message.name, in: scope, from: file)
    messages.insert(name)
    for field in message.field { declare(field.name, in: name, from: file) }
    for oneof in message.oneofDecl { declare(oneof.name, in: name, from: file) }
    for nested in message.nestedType { add(nested, in: name, from: file) }
    for one in message.enumType { add(one, in: name, from: file) }
    for one in message.extension { add(extension: one, in: name, from: file) }
  }

  /// An enum's values are its siblings, not its members: that is how protobuf scopes them.
  private mutating func add(
    _ one: GoogleProtobuf.EnumDescriptorProto, in scope: String, from file: FileIndex
  ) {
    declare(one.name, in: scope, from: file)
    for value in one.value { declare(value.name, in: scope, from: file) }
  }

  private mutating func add(
    extension field: GoogleProtobuf.FieldDescriptorProto, in scope: String, from file: FileIndex
  ) {
    declare(field.name, in: scope, from: file)
    guard let extendee = field.extendee, let number = field.number else { return }
    // The compiler writes full names with a leading dot.
    let message = String(extendee.drop { $0 == "." })
    filesByExtension[message, default: [:]][number] =
      filesByExtension[message]?[number] ?? file
  }

  @discardableResult
  private mutating func declare(
    _ name: String?, in scope: String, from file: FileIndex
  ) -> String {
    let name = name ?? ""
    let fullName = scope.isEmpty ? name : "\(scope).\(name)"
    if filesBySymbol[fullName] == nil { filesBySymbol[fullName] = file }
    return fullName
  }
}
