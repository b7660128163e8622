import Protobuf

/// Everything that the files of a schema declare, by its full name, with what was written above it.
struct Declarations: Sendable {
  typealias File = GoogleProtobuf.FileDescriptorProto

  /// What is declared.
  enum Element: Sendable {
    case message(GoogleProtobuf.DescriptorProto)
    case field(GoogleProtobuf.FieldDescriptorProto)
    case enumeration(GoogleProtobuf.EnumDescriptorProto)
    case value(GoogleProtobuf.EnumValueDescriptorProto)
    case service(GoogleProtobuf.ServiceDescriptorProto)
    case method(GoogleProtobuf.MethodDescriptorProto)
    case `extension`(GoogleProtobuf.FieldDescriptorProto)
  }

  /// Something that is declared, and where.
  struct Declaration: Sendable {
    var fullName: String
    var element: Element
    /// The file, by its place among all.
    var file: Int
    /// The place within the file, as `google.protobuf.SourceCodeInfo` counts it.
    var path: [Int32]
  }

  let files: [File]
  private var byName: [String: Declaration] = [:]
  private var order: [String] = []
  /// The extensions of a message, by their number.
  private var extensions:
    [String: [Int32: (name: String, field: GoogleProtobuf.FieldDescriptorProto)]] = [:]
  private var comments: [[[Int32]: String]] = []

  init(_ files: [File]) {
    self.files = files
    for (index, file) in files.enumerated() {
      comments.append(Self.comments(of: file))
      add(file, index)
    }
  }

  /// What has a full name.
  func declaration(of fullName: String) -> Declaration? { byName[fullName] }

  /// The full names of messages and enums, in the order of the files.
  var typeNames: [String] {
    order.filter { name in
      switch byName[name]?.element {
      case .message, .enumeration: true
      default: false
      }
    }
  }

  /// What has a name that ends in `text`, at a dot.
  func names(endingIn text: String) -> [String] {
    order.filter { $0 == text || $0.hasSuffix("." + text) }
  }

  /// What was written above a declaration, without its slashes; nil for nothing.
  func comment(at path: [Int32], of file: Int) -> String? { comments[file][path] }

  /// The extensions of a message that the schema knows, in the order of their numbers.
  func extensions(
    of message: String
  ) -> [(name: String, field: GoogleProtobuf.FieldDescriptorProto)] {
    (extensions[message] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  private static func comments(of file: File) -> [[Int32]: String] {
    var found: [[Int32]: String] = [:]
    for location in file.sourceCodeInfo?.location ?? [] {
      let text = location.leadingComments ?? location.trailingComments
      if let text, found[location.path] == nil { found[location.path] = text }
    }
    return found
  }

  // MARK: Walking, with the field numbers of descriptor.proto

  private mutating func add(_ file: File, _ index: Int) {
    let scope = file.package ?? ""
    for (place, message) in file.messageType.enumerated() {
      add(message, in: scope, [4, Int32(place)], index)
    }
    for (place, type) in file.enumType.enumerated() {
      add(type, in: scope, [5, Int32(place)], index)
    }
    for (place, service) in file.service.enumerated() {
      let path = [6, Int32(place)]
      let name = declare(service.name, in: scope, .service(service), path, index)
      for (place, method) in service.method.enumerated() {
        declare(method.name, in: name, .method(method), path + [2, Int32(place)], index)
      }
    }
    for (place, field) in file.extension.enumerated() {
      add(extension: field, in: scope, [7, Int32(place)], index)
    }
  }

  private mutating func add(
    _ message: GoogleProtobuf.DescriptorProto, in scope: String, _ path: [Int32], _ file: Int
  ) {
    let name = declare(message.name, in: scope, .message(message), path, file)
    for (place, field) in message.field.enumerated() {
      declare(field.name, in: name, .field(field), path + [2, Int32(place)], file)
    }
    for (place, inner) in message.nestedType.enumerated() {
      add(inner, in: name, path + [3, Int32(place)], file)
    }
    for (place, type) in message.enumType.enumerated() {
      add(type, in: name, path + [4, Int32(place)], file)
    }
    for (place, field) in message.extension.enumerated() {
      add(extension: field, in: name, path + [6, Int32(place)], file)
    }
  }

  private mutating func add(
    _ type: GoogleProtobuf.EnumDescriptorProto, in scope: String, _ path: [Int32], _ file: Int
  ) {
    let name = declare(type.name, in: scope, .enumeration(type), path, file)
    for (place, value) in type.value.enumerated() {
      // The language has values beside their enum; people look for them within it.
      declare(value.name, in: name, .value(value), path + [2, Int32(place)], file)
    }
  }

  private mutating func add(
    extension field: GoogleProtobuf.FieldDescriptorProto, in scope: String, _ path: [Int32],
    _ file: Int
  ) {
    let name = declare(field.name, in: scope, .extension(field), path, file)
    let extendee = String((field.extendee ?? "").drop { $0 == "." })
    extensions[extendee, default: [:]][field.number ?? 0] = (name, field)
  }

  @discardableResult
  private mutating func declare(
    _ name: String?, in scope: String, _ element: Element, _ path: [Int32], _ file: Int
  ) -> String {
    let fullName = scope.isEmpty ? name ?? "" : "\(scope).\(name ?? "")"
    if byName[fullName] == nil {
      byName[fullName] = Declaration(
        fullName: fullName, element: element, file: file, path: path)
      order.append(fullName)
    }
    return fullName
  }
}
