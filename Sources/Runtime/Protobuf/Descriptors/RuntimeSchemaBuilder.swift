import Synchronization

/// Checks what a schema declares, and makes descriptors of it.
struct RuntimeSchemaBuilder {
  typealias Refusal = RuntimeSchema.Refusal

  /// Descriptors are never freed, so a schema has its limits: these are ten times the largest that is known.
  private static let typeCountMax = 50_000
  private static let fieldCountMax = 500_000
  private static let depthMax = 64

  private var files: [GoogleProtobuf.FileDescriptorProto] = []
  private var messages: [(name: String, proto: GoogleProtobuf.DescriptorProto, file: String)] = []
  private var enums: [String: EnumDescriptor] = [:]
  private var kinds: [String: Kind] = [:]
  private var proto3Files: Set<String> = []
  private var fieldCount = 0

  private enum Kind {
    case message, mapEntry, `enum`
  }

  // MARK: Declaring

  /// Takes in what a file declares.
  mutating func declare(_ file: GoogleProtobuf.FileDescriptorProto) throws(Refusal) {
    let name = file.name ?? ""
    switch file.syntax ?? "" {
    case "", "proto2": break
    case "proto3": proto3Files.insert(name)
    default:
      throw Refusal(
        place: name, reason: "its syntax is \(file.syntax ?? ""); only proto2 and proto3 are known")
    }
    files.append(file)
    let package = file.package ?? ""
    for message in file.messageType { try declare(message, in: package, of: name, depth: 1) }
    for type in file.enumType { try declare(type, in: package, of: name) }
  }

  private mutating func declare(
    _ message: GoogleProtobuf.DescriptorProto, in scope: String, of file: String, depth: Int
  ) throws(Refusal) {
    let name = try take(
      message.name, in: scope, of: file,
      as: message.options?.mapEntry == true ? .mapEntry : .message)
    guard depth <= Self.depthMax else {
      throw Refusal(place: name, reason: "it is nested too deeply")
    }
    fieldCount += message.field.count
    guard fieldCount <= Self.fieldCountMax else {
      throw Refusal(place: name, reason: "the schema has too many fields")
    }
    messages.append((name, message, file))
    for inner in message.nestedType {
      try declare(inner, in: name, of: file, depth: depth + 1)
    }
    for type in message.enumType { try declare(type, in: name, of: file) }
  }

  private mutating func declare(
    _ type: GoogleProtobuf.EnumDescriptorProto, in scope: String, of file: String
  ) throws(Refusal) {
    let name = try take(type.name, in: scope, of: file, as: .enum)
    guard !type.value.isEmpty else { throw Refusal(place: name, reason: "it has no values") }
    enums[name] = EnumDescriptor(name, type.value.map { ($0.number ?? 0, $0.name ?? "") })
  }

  private mutating func take(
    _ name: String?, in scope: String, of file: String, as kind: Kind
  ) throws(Refusal) -> String {
    guard let name, !name.isEmpty, name.utf8.allSatisfy(Self.isOfName) else {
      throw Refusal(place: file, reason: "it declares a type without a name, or with an odd one")
    }
    let full = scope.isEmpty ? name : "\(scope).\(name)"
    guard kinds.updateValue(kind, forKey: full) == nil else {
      throw Refusal(place: file, reason: "\(full) is declared twice")
    }
    guard kinds.count <= Self.typeCountMax else {
      throw Refusal(place: file, reason: "the schema has too many types")
    }
    return full
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }

  // MARK: Building

  /// The descriptors of all types, which know each other by name.
  func build() throws(Refusal) -> TypeTable {
    let later = LateTable()
    var built: [String: MessageDescriptor] = [:]
    for (name, proto, file) in messages where kinds[name] == .message {
      built[name] = MessageDescriptor(
        name, try fields(of: proto, named: name, isProto3: proto3Files.contains(file), later))
    }
    let table = TypeTable(messages: built, enums: enums)
    later.set(table)
    return table
  }

  private func fields(
    of message: GoogleProtobuf.DescriptorProto, named name: String, isProto3: Bool,
    _ later: LateTable
  ) throws(Refusal) -> [FieldDescriptor] {
    var fields: [FieldDescriptor] = []
    for proto in message.field {
      let place = "\(name).\(proto.name ?? "")"
      // A group's bytes stay among the fields that nobody knows.
      if proto.type == .group { continue }
      let number = Int(proto.number ?? 0)
      guard (1...536_870_911).contains(number), !(19_000...19_999).contains(number) else {
        throw Refusal(place: place, reason: "\(number) is no number of a field")
      }
      fields.append(
        try field(proto, number, of: message, named: name, place, isProto3: isProto3, later))
    }
    fields.sort { $0.number < $1.number }
    for (left, right) in zip(fields, fields.dropFirst()) where left.number == right.number {
      throw Refusal(place: name, reason: "two fields have the number \(left.number)")
    }
    return fields
  }

  private func field(
    _ proto: GoogleProtobuf.FieldDescriptorProto, _ number: Int,
    of message: GoogleProtobuf.DescriptorProto, named scope: String, _ place: String,
    isProto3: Bool, _ later: LateTable
  ) throws(Refusal) -> FieldDescriptor {
    let name = proto.name ?? ""
    let json = proto.jsonName
    if proto.label == .repeated, let entry = mapEntry(proto, of: message, named: scope) {
      let sides = try ([1, 2] as [Int32]).map { (side) throws(Refusal) -> FieldType in
        guard let field = entry.field.first(where: { $0.number == side }) else {
          throw Refusal(place: place, reason: "its map has no key or no value")
        }
        return try fieldType(of: field, place, later)
      }
      guard sides[0].isMapKey else {
        throw Refusal(place: place, reason: "its map has keys that are none")
      }
      return .map(number, name, sides[0], sides[1], json: json)
    }
    let type = try fieldType(of: proto, place, later)
    if proto.label == .repeated {
      let isPacked = proto.options?.packed ?? isProto3
      return isPacked && type.isPackable
        ? .packed(number, name, type, json: json) : .repeated(number, name, type, json: json)
    }
    if proto.proto3Optional != true, let index = proto.oneofIndex {
      guard message.oneofDecl.indices.contains(Int(index)) else {
        throw Refusal(place: place, reason: "it is of a oneof that there is not")
      }
      let oneof = message.oneofDecl[Int(index)].name ?? ""
      return .member(number, name, type, of: oneof, json: json)
    }
    let isImplicit = isProto3 && proto.proto3Optional != true && !type.isMessage
    return isImplicit
      ? .singular(number, name, type, json: json) : .optional(number, name, type, json: json)
  }

  /// The entry that a map field's messages are of, which is declared within the same message.
  private func mapEntry(
    _ proto: GoogleProtobuf.FieldDescriptorProto, of message: GoogleProtobuf.DescriptorProto,
    named scope: String
  ) -> GoogleProtobuf.DescriptorProto? {
    guard proto.type == .message, let full = Self.absolute(proto.typeName),
      kinds[full] == .mapEntry
    else { return nil }
    return message.nestedType.first { "\(scope).\($0.name ?? "")" == full }
  }

  private func fieldType(
    of proto: GoogleProtobuf.FieldDescriptorProto, _ place: String, _ later: LateTable
  ) throws(Refusal) -> FieldType {
    if let scalar = proto.type.flatMap(FieldType.init(scalar:)) { return scalar }
    guard let name = Self.absolute(proto.typeName) else {
      throw Refusal(place: place, reason: "it has no type")
    }
    switch proto.type {
    case .message where kinds[name] == .message || TypeTable.compiled.message(named: name) != nil:
      return .describedMessage { later.message(name) }
    case .enum where kinds[name] == .enum || TypeTable.compiled.enum(named: name) != nil:
      return .describedEnum { later.enum(name) }
    default:
      throw Refusal(place: place, reason: "\(name), which is its type, is not declared")
    }
  }

  // MARK: Services

  /// The services of all files.
  func services(_ types: TypeTable) throws(Refusal) -> [RuntimeSchema.Service] {
    var services: [RuntimeSchema.Service] = []
    for file in files {
      for service in file.service {
        let package = file.package ?? ""
        let name = service.name ?? ""
        let full = package.isEmpty ? name : "\(package).\(name)"
        var methods: [RuntimeSchema.Method] = []
        for method in service.method {
          methods.append(try self.method(method, of: full, types))
        }
        services.append(
          RuntimeSchema.Service(fullName: full, methods: methods, file: file.name ?? ""))
      }
    }
    return services
  }

  private func method(
    _ proto: GoogleProtobuf.MethodDescriptorProto, of service: String, _ types: TypeTable
  ) throws(Refusal) -> RuntimeSchema.Method {
    func message(_ name: String?) throws(Refusal) -> MessageDescriptor {
      guard let found = Self.absolute(name).flatMap(types.message) else {
        throw Refusal(
          place: "\(service).\(proto.name ?? "")", reason: "\(name ?? "a message") is not declared")
      }
      return found
    }
    return RuntimeSchema.Method(
      name: proto.name ?? "", request: try message(proto.inputType),
      response: try message(proto.outputType), streamsRequests: proto.clientStreaming ?? false,
      streamsResponses: proto.serverStreaming ?? false, options: proto.options)
  }

  /// A name as compilers write it, from the root: `.package.Type`.
  private static func absolute(_ name: String?) -> String? {
    guard let name, name.hasPrefix("."), name.count > 1 else { return nil }
    return String(name.dropFirst())
  }
}

/// The table of types for descriptors that are made before it.
private final class LateTable: Sendable {
  private let table = Mutex<TypeTable?>(nil)

  func set(_ table: TypeTable) { self.table.withLock { $0 = table } }

  func message(_ name: String) -> MessageDescriptor {
    guard let found = table.withLock({ $0 })?.message(name) else {
      preconditionFailure("\(name) was declared, and is not there")
    }
    return found
  }

  func `enum`(_ name: String) -> EnumDescriptor {
    guard let found = table.withLock({ $0 })?.enum(name) else {
      preconditionFailure("\(name) was declared, and is not there")
    }
    return found
  }
}

extension FieldType {
  fileprivate init?(scalar type: GoogleProtobuf.FieldDescriptorProto.Type_) {
    switch type {
    case .double: self = .double
    case .float: self = .float
    case .int64: self = .int64
    case .uint64: self = .uint64
    case .int32: self = .int32
    case .fixed64: self = .fixed64
    case .fixed32: self = .fixed32
    case .bool: self = .bool
    case .string: self = .string
    case .bytes: self = .bytes
    case .uint32: self = .uint32
    case .sfixed32: self = .sfixed32
    case .sfixed64: self = .sfixed64
    case .sint32: self = .sint32
    case .sint64: self = .sint64
    case .group, .message, .enum, .unrecognized: return nil
    }
  }

  fileprivate var isPackable: Bool {
    switch self {
    case .string, .bytes, .message, .describedMessage: false
    default: true
    }
  }

  fileprivate var isMapKey: Bool {
    switch self {
    case .double, .float, .bytes, .enum, .describedEnum, .message, .describedMessage: false
    default: true
    }
  }
}
