import Protobuf

/// Writes a schema, or a part of it, as .proto files have it.
struct ProtoText {
  let declarations: Declarations
  private let options: OptionText
  private var lines: [String] = []
  private var depth = 0
  private var file = 0

  init(_ declarations: Declarations, _ types: RuntimeSchema) {
    self.declarations = declarations
    options = OptionText(declarations: declarations, types: types)
  }

  /// The text of one declaration, without a newline at the end.
  mutating func text(of declaration: Declarations.Declaration) -> String {
    lines = []
    file = declaration.file
    let scope = String(
      declaration.fullName.prefix(
        upTo: declaration.fullName.lastIndex(of: ".") ?? declaration.fullName.startIndex))
    switch declaration.element {
    case .message(let message): write(message, in: scope, declaration.path)
    case .enumeration(let type): write(type, declaration.path)
    case .service(let service): write(service, declaration.path)
    case .method(let method): write(method, declaration.path)
    case .field(let field):
      var message: GoogleProtobuf.DescriptorProto?
      if case .message(let found) = declarations.declaration(of: scope)?.element { message = found }
      write(field, of: message, named: scope, declaration.path)
    case .extension(let field): write(extensions: [field], declaration.path.dropLast(), in: scope)
    case .value(let value): write(value, declaration.path)
    }
    return lines.joined(separator: "\n")
  }

  /// The text of a whole file.
  mutating func text(ofFile index: Int) -> String {
    lines = []
    file = index
    let proto = declarations.files[index]
    comment([12])
    add("syntax = \"\(proto.syntax.flatMap { $0.isEmpty ? nil : $0 } ?? "proto2")\";")
    if let package = proto.package, !package.isEmpty { add("", "package \(package);") }
    if !proto.dependency.isEmpty { add("") }
    for (place, dependency) in proto.dependency.enumerated() {
      let isPublic = proto.publicDependency.contains(Int32(place))
      add("import \(isPublic ? "public " : "")\"\(dependency)\";")
    }
    let settings = options.texts(of: proto.options, unknown: proto.options?.unknownFields)
    if !settings.isEmpty { add("") }
    add(settings.map { "option \($0);" })
    let scope = proto.package ?? ""
    for (place, service) in proto.service.enumerated() {
      add("")
      write(service, [6, Int32(place)])
    }
    for (place, message) in proto.messageType.enumerated() {
      add("")
      write(message, in: scope, [4, Int32(place)])
    }
    for (place, type) in proto.enumType.enumerated() {
      add("")
      write(type, [5, Int32(place)])
    }
    write(extensions: proto.extension, [7], in: scope)
    return lines.joined(separator: "\n")
  }

  // MARK: Parts

  private mutating func write(
    _ message: GoogleProtobuf.DescriptorProto, in scope: String, _ path: [Int32]
  ) {
    comment(path)
    let name = scope.isEmpty ? message.name ?? "" : "\(scope).\(message.name ?? "")"
    block("message \(message.name ?? "")") { text in text.writeBody(of: message, named: name, path)
    }
  }

  private mutating func writeBody(
    of message: GoogleProtobuf.DescriptorProto, named name: String, _ path: [Int32]
  ) {
    let own = options.texts(of: message.options, unknown: message.options?.unknownFields)
    add(own.filter { $0 != "map_entry = true" }.map { "option \($0);" })
    var writtenOneofs: Set<Int32> = []
    for (place, field) in message.field.enumerated() {
      guard let oneof = field.oneofIndex, field.proto3Optional != true else {
        write(field, of: message, named: name, path + [2, Int32(place)])
        continue
      }
      guard writtenOneofs.insert(oneof).inserted, message.oneofDecl.indices.contains(Int(oneof))
      else { continue }
      comment(path + [8, oneof])
      block("oneof \(message.oneofDecl[Int(oneof)].name ?? "")") { text in
        for (place, member) in message.field.enumerated()
        where member.oneofIndex == oneof && member.proto3Optional != true {
          text.write(member, of: message, named: name, path + [2, Int32(place)])
        }
      }
    }
    writeRanges(of: message)
    let groups = message.field.filter { $0.type == .group }.compactMap(\.typeName)
    for (place, inner) in message.nestedType.enumerated()
    where inner.options?.mapEntry != true && !groups.contains(".\(name).\(inner.name ?? "")") {
      write(inner, in: name, path + [3, Int32(place)])
    }
    for (place, type) in message.enumType.enumerated() { write(type, path + [4, Int32(place)]) }
    write(extensions: message.extension, path + [6], in: name)
  }

  private mutating func writeRanges(of message: GoogleProtobuf.DescriptorProto) {
    // The ends are the numbers behind the last ones.
    let extensions = message.extensionRange.map { Self.range($0.start, ($0.end ?? 0) - 1) }
    if !extensions.isEmpty { add("extensions \(extensions.joined(separator: ", "));") }
    let reserved = message.reservedRange.map { Self.range($0.start, ($0.end ?? 0) - 1) }
    if !reserved.isEmpty { add("reserved \(reserved.joined(separator: ", "));") }
    let names = message.reservedName.map(OptionText.quoted)
    if !names.isEmpty { add("reserved \(names.joined(separator: ", "));") }
  }

  private mutating func write(
    _ field: GoogleProtobuf.FieldDescriptorProto, of message: GoogleProtobuf.DescriptorProto?,
    named scope: String, _ path: [Int32]
  ) {
    comment(path)
    var settings = options.texts(of: field.options, unknown: field.options?.unknownFields)
    if let json = field.jsonName, json != Self.jsonName(of: field.name ?? "") {
      settings.insert("json_name = \(OptionText.quoted(json))", at: 0)
    }
    if let value = field.defaultValue {
      let isText = field.type == .string || field.type == .bytes
      // Of bytes the value is escaped already.
      let text = field.type == .string ? OptionText.quoted(value) : isText ? "\"\(value)\"" : value
      settings.insert("default = \(text)", at: 0)
    }
    let suffix = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    let entry = message.flatMap { Self.mapEntry(field, of: $0, named: scope) }
    let type = entry.map(Self.mapType) ?? Self.typeText(field)
    let label =
      entry == nil
      ? Self.label(of: field, isProto3: declarations.files[file].syntax == "proto3") : ""
    let text = "\(label)\(type) \(field.name ?? "") = \(field.number ?? 0)\(suffix)"
    guard field.type == .group, let message,
      let group = message.nestedType.first(where: { field.typeName == ".\(scope).\($0.name ?? "")" }
      )
    else { return add(text + ";") }
    block("\(label)group \(group.name ?? "") = \(field.number ?? 0)\(suffix)") { text in
      text.writeBody(of: group, named: "\(scope).\(group.name ?? "")", [])
    }
  }

  private mutating func write(
    extensions fields: [GoogleProtobuf.FieldDescriptorProto], _ path: [Int32], in scope: String
  ) {
    var extendees: [String] = []
    for field in fields where !extendees.contains(field.extendee ?? "") {
      extendees.append(field.extendee ?? "")
    }
    for extendee in extendees {
      if depth == 0, !lines.isEmpty { add("") }
      block("extend \(extendee.drop { $0 == "." })") { text in
        for (place, field) in fields.enumerated() where field.extendee == extendee {
          text.write(field, of: nil, named: scope, path + [Int32(place)])
        }
      }
    }
  }

  private mutating func write(_ type: GoogleProtobuf.EnumDescriptorProto, _ path: [Int32]) {
    comment(path)
    block("enum \(type.name ?? "")") { text in
      text.add(
        text.options.texts(of: type.options, unknown: type.options?.unknownFields).map {
          "option \($0);"
        })
      for (place, value) in type.value.enumerated() {
        text.write(value, path + [2, Int32(place)])
      }
      let reserved = type.reservedRange.map { Self.range($0.start, $0.end ?? 0, max: Int32.max) }
      if !reserved.isEmpty { text.add("reserved \(reserved.joined(separator: ", "));") }
      let names = type.reservedName.map(OptionText.quoted)
      if !names.isEmpty { text.add("reserved \(names.joined(separator: ", "));") }
    }
  }

  private mutating func write(_ value: GoogleProtobuf.EnumValueDescriptorProto, _ path: [Int32]) {
    comment(path)
    let settings = options.texts(of: value.options, unknown: value.options?.unknownFields)
    let suffix = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    add("\(value.name ?? "") = \(value.number ?? 0)\(suffix);")
  }

  private mutating func write(_ service: GoogleProtobuf.ServiceDescriptorProto, _ path: [Int32]) {
    comment(path)
    block("service \(service.name ?? "")") { text in
      text.add(
        text.options.texts(of: service.options, unknown: service.options?.unknownFields).map {
          "option \($0);"
        })
      for (place, method) in service.method.enumerated() {
        text.write(method, path + [2, Int32(place)])
      }
    }
  }

  private mutating func write(_ method: GoogleProtobuf.MethodDescriptorProto, _ path: [Int32]) {
    comment(path)
    let request = (method.inputType ?? "").drop { $0 == "." }
    let response = (method.outputType ?? "").drop { $0 == "." }
    let head =
      "rpc \(method.name ?? "")(\(method.clientStreaming == true ? "stream " : "")\(request)) "
      + "returns (\(method.serverStreaming == true ? "stream " : "")\(response))"
    let settings = options.texts(of: method.options, unknown: method.options?.unknownFields)
    if settings.isEmpty { return add(head + ";") }
    block(head) { text in text.add(settings.map { "option \($0);" }) }
  }
}

extension ProtoText {
  // MARK: Lines

  private mutating func add(_ texts: String...) { add(texts) }

  private mutating func add(_ texts: [String]) {
    let margin = String(repeating: "  ", count: depth)
    lines += texts.map { $0.isEmpty ? "" : margin + $0 }
  }

  private mutating func comment(_ path: [Int32]) {
    guard let text = declarations.comment(at: path, of: file) else { return }
    var parts = text.split(separator: "\n", omittingEmptySubsequences: false)
    while parts.last?.allSatisfy(\.isWhitespace) == true { parts.removeLast() }
    add(parts.map { "//\(Plain.cell(String($0)))" })
  }

  private mutating func block(_ head: String, _ body: (inout ProtoText) -> Void) {
    add("\(head) {")
    depth += 1
    body(&self)
    depth -= 1
    add("}")
  }

  // MARK: Words

  private static func range(_ start: Int32?, _ last: Int32, max: Int32 = 536_870_911) -> String {
    let start = start ?? 0
    return start == last ? "\(start)" : last >= max ? "\(start) to max" : "\(start) to \(last)"
  }

  private static func label(
    of field: GoogleProtobuf.FieldDescriptorProto, isProto3: Bool
  ) -> String {
    if field.label == .repeated { return "repeated " }
    if field.proto3Optional == true { return "optional " }
    if isProto3 || field.oneofIndex != nil { return "" }
    return field.label == .required ? "required " : "optional "
  }

  /// The name of a field's type.
  static func typeText(_ field: GoogleProtobuf.FieldDescriptorProto) -> String {
    if let name = field.typeName, !name.isEmpty { return String(name.drop { $0 == "." }) }
    let descriptor = GoogleProtobuf.FieldDescriptorProto.Type_.descriptor
    let name = field.type.flatMap { descriptor.name(of: $0.rawValue) } ?? "TYPE_UNKNOWN"
    return name.dropFirst("TYPE_".count).lowercased()
  }

  /// The entry of a map field; nil for any other field.
  static func mapEntry(
    _ field: GoogleProtobuf.FieldDescriptorProto, of message: GoogleProtobuf.DescriptorProto,
    named scope: String
  ) -> GoogleProtobuf.DescriptorProto? {
    guard field.label == .repeated, field.type == .message else { return nil }
    return message.nestedType.first {
      $0.options?.mapEntry == true && field.typeName == ".\(scope).\($0.name ?? "")"
    }
  }

  /// `map<key, value>`.
  static func mapType(_ entry: GoogleProtobuf.DescriptorProto) -> String {
    let sides = [1, 2].map { number in
      entry.field.first { $0.number == Int32(number) }.map(typeText) ?? ""
    }
    return "map<\(sides.joined(separator: ", "))>"
  }

  /// protoc's rule for the default JSON name: an underscore goes, and the letter after it is raised.
  private static func jsonName(of name: String) -> String {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return String(parts[0])
      + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
