import Protobuf

/// Resolves a request: first it names every type of every file, then it reads the fields, which may
/// mention any of them.
struct SchemaReader {
  let parameters: Parameters
  var types = TypeTable()
  /// The names taken in each namespace and module; all files of a package share one scope.
  private var namespaceScopes: [SwiftType: NameScope] = [:]
  private var names: [String: NamedFile] = [:]

  /// A file after the first pass.
  struct NamedFile {
    var namespace: SwiftType
    var messages: [NamedMessage]
    var enums: [SchemaEnum]
    var services: [ServiceNames]
    var descriptorName: String
  }

  init(_ parameters: Parameters) {
    self.parameters = parameters
  }

  /// Reads a whole request.
  static func read(
    _ request: GoogleProtobufCompiler.CodeGeneratorRequest, parameters: Parameters
  ) throws(PluginError) -> Schema {
    var reader = SchemaReader(parameters)
    for file in request.protoFile { try reader.nameTypes(of: file) }
    // Imported files are read too: the size of a message depends on the messages in it.
    var files: [SchemaFile] = []
    for file in request.protoFile { files.append(try reader.resolve(file)) }
    SelfContainment.mark(&files)
    Boxing.mark(&files, &reader.types)
    var wanted: [SchemaFile] = []
    for path in request.fileToGenerate {
      guard let file = files.first(where: { $0.path == path }) else {
        throw .malformed("\(path) is to be generated but not in the request")
      }
      wanted.append(file)
    }
    return Schema(files: wanted, types: reader.types)
  }

  /// First pass.
  private mutating func nameTypes(
    of file: GoogleProtobuf.FileDescriptorProto
  ) throws(PluginError) {
    let path = file.name ?? ""
    try FileSupport.check(file)
    let namespace = SwiftType(
      module: parameters.module(ofFile: path),
      namespace: parameters.namespace(ofPackage: file.package ?? ""), path: [])
    var scope = namespaceScopes[namespace] ?? TypeNaming.scope(in: namespace)
    let comments = SchemaComments(file.sourceCodeInfo)
    var naming = TypeNaming(
      types: types, comments: comments, isProto3: file.syntax == "proto3", path: path)
    let prefix = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
    var messages: [NamedMessage] = []
    for (index, message) in file.messageType.enumerated() {
      messages.append(
        try naming.name(
          message, in: namespace, prefix: prefix, at: [4, Int32(index)], scope: &scope))
    }
    var enums: [SchemaEnum] = []
    for (index, enumeration) in file.enumType.enumerated() {
      enums.append(
        try naming.name(
          enumeration, in: namespace, prefix: prefix, at: [5, Int32(index)], scope: &scope))
    }
    types = naming.types
    let services = file.service.map { service in
      let name = SwiftIdentifier.upperCamel(service.name ?? "")
      let names = ServiceNames(
        server: scope.claim(name), methods: scope.claim(name + "Methods"),
        clientProtocol: scope.claim(name + "ClientProtocol"), client: scope.claim(name + "Client"),
        fake: scope.claim(name + "Fake"))
      for name in names.all {
        types.declare(namespace.nested(name), fullName: nil)
      }
      return names
    }
    let descriptorName = scope.claim(Self.descriptorName(ofFile: path))
    namespaceScopes[namespace] = scope
    names[path] = NamedFile(
      namespace: namespace, messages: messages, enums: enums, services: services,
      descriptorName: descriptorName)
  }

  /// `safemobility/v1/office.proto` gives `officeFile`.
  private static func descriptorName(ofFile path: String) -> String {
    let base = path.split(separator: "/").last ?? ""
    let stem = base.split(separator: ".").first ?? ""
    let words = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return SwiftIdentifier.lowerCamel(String(words) + "_file")
  }

  /// Second pass.
  private func resolve(
    _ file: GoogleProtobuf.FileDescriptorProto
  ) throws(PluginError) -> SchemaFile {
    let path = file.name ?? ""
    guard let named = names[path] else { throw .malformed("\(path) was not named") }
    let comments = SchemaComments(file.sourceCodeInfo)
    let fields = FieldReader(types: types, comments: comments, isProto3: file.syntax == "proto3")
    var messages: [SchemaMessage] = []
    for (descriptor, name) in zip(file.messageType, named.messages) {
      messages.append(try fields.resolve(descriptor, named: name))
    }
    let services = ServiceReader(types: types, comments: comments, package: file.package ?? "")
    return SchemaFile(
      path: path, package: file.package ?? "", namespace: named.namespace.namespace,
      enums: named.enums, messages: messages,
      services: try services.resolve(file.service, named: named.services),
      descriptor: try FileSupport.serialize(file), descriptorName: named.descriptorName)
  }
}
