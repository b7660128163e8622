import Protobuf

/// The second pass over the messages of one file: reads fields, all types being named.
struct FieldReader {
  let types: TypeTable
  let comments: SchemaComments
  let isProto3: Bool

  func resolve(
    _ message: GoogleProtobuf.DescriptorProto, named name: NamedMessage
  ) throws(PluginError) -> SchemaMessage {
    var scope = NameScope(reserved: ReservedNames.members)
    var oneofs = name.oneofs
    var fields: [SchemaField] = []
    for (index, field) in message.field.enumerated() {
      let inOneof = field.proto3Optional == true ? nil : field.oneofIndex.map(Int.init)
      if let inOneof {
        guard oneofs.indices.contains(inOneof) else {
          throw .malformed(
            "field \(field.name ?? "") is in oneof \(inOneof), which is not there")
        }
        if oneofs[inOneof].swiftName.isEmpty {
          oneofs[inOneof].swiftName = scope.claim(
            SwiftIdentifier.lowerCamel(oneofs[inOneof].protoName))
        }
      }
      let wanted = SwiftIdentifier.lowerCamel(field.name ?? "")
      fields.append(
        try resolve(
          field, of: message, swiftName: inOneof == nil ? scope.claim(wanted) : wanted,
          oneof: inOneof, at: name.path + [2, Int32(index)]))
    }
    var messages: [SchemaMessage] = []
    for case (let nested, let named?) in zip(message.nestedType, name.messages) {
      messages.append(try resolve(nested, named: named))
    }
    return SchemaMessage(
      protoName: message.name ?? "", fullName: name.fullName, type: name.type, note: name.note,
      fields: fields, oneofs: oneofs, enums: name.enums, messages: messages)
  }

  private func resolve(
    _ field: GoogleProtobuf.FieldDescriptorProto, of message: GoogleProtobuf.DescriptorProto,
    swiftName: String, oneof: Int?, at path: [Int32]
  ) throws(PluginError) -> SchemaField {
    let entry = mapEntry(of: field, in: message)
    let valueType = try type(of: entry?.value ?? field)
    return SchemaField(
      protoName: field.name ?? "", jsonName: field.jsonName ?? "", swiftName: swiftName,
      number: field.number ?? 0, type: valueType,
      cardinality: try cardinality(of: field, entryKey: entry?.key), oneof: oneof,
      note: comments.note(at: path, isDeprecated: field.options?.deprecated),
      defaultText: field.defaultValue)
  }

  private func cardinality(
    of field: GoogleProtobuf.FieldDescriptorProto,
    entryKey key: GoogleProtobuf.FieldDescriptorProto?
  ) throws(PluginError) -> SchemaField.Cardinality {
    if let key {
      guard let type = key.type.flatMap(ScalarType.init) else {
        throw .malformed("map \(field.name ?? "") has a key that is no scalar")
      }
      return .map(key: type)
    }
    if field.label == .repeated {
      let isPackable = field.type.flatMap(ScalarType.init)?.isPackable ?? (field.type == .enum)
      return .repeated(isPacked: isPackable && (field.options?.packed ?? isProto3))
    }
    let isImplicit = isProto3 && field.proto3Optional != true && field.type != .message
    return isImplicit ? .implicit : .explicit
  }

  private func type(
    of field: GoogleProtobuf.FieldDescriptorProto
  ) throws(PluginError) -> FieldType {
    guard let protoType = field.type else {
      throw .malformed("field \(field.name ?? "") has no type")
    }
    if let scalar = ScalarType(protoType) { return .scalar(scalar) }
    let type = try types.find(field.typeName ?? "")
    if protoType == .enum {
      return .enumeration(type, zeroCase: try types.zeroCase(of: type))
    }
    return .message(type)
  }

  /// Key and value of the entry message that `map<K, V>` stands for.
  private func mapEntry(
    of field: GoogleProtobuf.FieldDescriptorProto, in message: GoogleProtobuf.DescriptorProto
  ) -> (key: GoogleProtobuf.FieldDescriptorProto, value: GoogleProtobuf.FieldDescriptorProto)? {
    guard field.label == .repeated, field.type == .message, let typeName = field.typeName else {
      return nil
    }
    let simpleName = typeName.split(separator: ".").last.map(String.init)
    let entry = message.nestedType.first { nested in
      nested.options?.mapEntry == true && nested.name == simpleName
        && typeName.hasSuffix("\(message.name ?? "").\(nested.name ?? "")")
    }
    guard let key = entry?.field.first(where: { $0.number == 1 }),
      let value = entry?.field.first(where: { $0.number == 2 })
    else { return nil }
    return (key, value)
  }
}
