/// Writes the struct of one message, and of those inside it.
struct MessageEmitter {
  let context: EmissionContext
  let message: SchemaMessage

  private var scope: LexicalScope { message.type.scope }

  func emit(into text: inout SwiftText) {
    text.documentationWithWarning(message.note)
    let access = context.access
    text.block("\(access)struct \(message.type.name): \(context.conformance("Message")) {") {
      for property in properties { emit(property, into: &$0) }
      let unknown = context.runtime("UnknownFields", in: scope)
      $0.item(documented: false) { $0.line("\(access)var unknownFields = \(unknown)()") }
      $0.gap()
      $0.line("\(access)init() {}")
      $0.gap()
      emitDescriptor(into: &$0)
      GlueEmitter(context: context, message: message).emit(into: &$0)
      for oneof in message.oneofs.indices { emitOneof(at: oneof, into: &$0) }
      for enumeration in message.enums {
        $0.gap()
        EnumEmitter(context: context, enumeration: enumeration).emit(into: &$0)
      }
      for nested in message.messages {
        $0.gap()
        MessageEmitter(context: context, message: nested).emit(into: &$0)
      }
    }
  }

  // MARK: Properties

  /// A stored property: a field, or the enum of a oneof.
  private enum Property {
    case field(SchemaField)
    case oneof(SchemaOneof)
  }

  /// In the order of the schema; a oneof stands where its first member does.
  private var properties: [Property] {
    var seen: Set<Int> = []
    return message.fields.compactMap { field in
      guard let oneof = field.oneof else { return .field(field) }
      return seen.insert(oneof).inserted ? .oneof(message.oneofs[oneof]) : nil
    }
  }

  private func emit(_ property: Property, into text: inout SwiftText) {
    switch property {
    case .oneof(let oneof):
      let type = context.spelling(of: oneof.type, in: scope)
      text.item(documented: !oneof.note.comment.isEmpty) {
        $0.documentation(oneof.note)
        $0.line("\(context.access)var \(SwiftIdentifier.quoted(oneof.swiftName)): \(type)?")
      }
    case .field(let field):
      let more = defaultNote(of: field)
      text.item(documented: !field.note.comment.isEmpty || !more.isEmpty) {
        $0.documentation(field.note, and: more)
        emitStorage(of: field, into: &$0)
      }
    }
  }

  private func emitStorage(of field: SchemaField, into text: inout SwiftText) {
    let name = SwiftIdentifier.quoted(field.swiftName)
    let wrapper = field.isRecursive ? "@\(context.runtime("Boxed", in: scope)) " : ""
    let declaration = "\(propertyType(of: field))\(initialValue(of: field))"
    guard field.note.isDeprecated else {
      text.line("\(wrapper)\(context.access)var \(name): \(declaration)")
      return
    }
    // The glue below must read and write it without a warning, so it goes around the name that warns.
    let stored = field.storedName
    text.line("@available(*, deprecated)")
    text.block("\(context.access)var \(name): \(propertyType(of: field)) {") {
      $0.line("get { \(stored) }")
      $0.line("set { \(stored) = newValue }")
    }
    text.line("\(wrapper)private var \(stored): \(declaration)")
  }

  private func propertyType(of field: SchemaField) -> String {
    let value = context.valueType(of: field, in: scope)
    switch field.cardinality {
    case .implicit: return value
    case .explicit: return "\(value)?"
    case .repeated: return "[\(value)]"
    case .map(let key): return "[\(key.swiftName): \(value)]"
    }
  }

  private func initialValue(of field: SchemaField) -> String {
    switch (field.cardinality, field.type) {
    case (.explicit, _): ""
    case (.repeated, _): " = []"
    case (.map, _): " = [:]"
    case (.implicit, .scalar(let scalar)): " = \(scalar.zero)"
    case (.implicit, .enumeration(_, let zeroCase)): " = .\(zeroCase)"
    case (.implicit, .message): ""
    }
  }

  private func defaultNote(of field: SchemaField) -> [String] {
    guard let text = field.defaultText, !text.isEmpty else { return [] }
    return ["Absent means `\(text)`."]
  }

  // MARK: Descriptor

  private func emitDescriptor(into text: inout SwiftText) {
    let type = context.runtime("MessageDescriptor", in: scope)
    let opening = "\(context.access)static let descriptor = \(type)("
    let rows = message.fieldsByNumber.map(row)
    if rows.isEmpty {
      text.line("\(opening)\"\(message.fullName)\", [])")
    } else {
      text.block(opening, closing: "") {
        $0.line("\"\(message.fullName)\",")
        $0.block("[", closing: "])") { table in
          for row in rows { table.line(row) }
        }
      }
      text.gap()
    }
  }

  private func row(of field: SchemaField) -> String {
    let json =
      field.jsonName == SwiftIdentifier.jsonName(field.protoName)
      ? "" : ", json: \"\(field.jsonName)\""
    let start = "\(field.number), \"\(field.protoName)\""
    let type = descriptorType(of: field)
    if let oneof = field.oneof {
      return ".member(\(start), \(type), of: \"\(message.oneofs[oneof].protoName)\"\(json)),"
    }
    switch field.cardinality {
    case .implicit: return ".singular(\(start), \(type)\(json)),"
    case .explicit: return ".optional(\(start), \(type)\(json)),"
    case .repeated(isPacked: false): return ".repeated(\(start), \(type)\(json)),"
    case .repeated(isPacked: true): return ".packed(\(start), \(type)\(json)),"
    case .map(let key): return ".map(\(start), .\(key.rawValue), \(type)\(json)),"
    }
  }

  private func descriptorType(of field: SchemaField) -> String {
    switch field.type {
    case .scalar(let scalar): ".\(scalar.rawValue)"
    case .message(let type): ".message(\(context.spelling(of: type, in: scope)).self)"
    case .enumeration(let type, _): ".enum(\(context.spelling(of: type, in: scope)).self)"
    }
  }

  // MARK: Oneofs

  private func emitOneof(at index: Int, into text: inout SwiftText) {
    let oneof = message.oneofs[index]
    let members = message.fields.filter { $0.oneof == index }
    let indirect = members.contains(where: \.isRecursive) ? "indirect " : ""
    text.gap()
    text.documentation(oneof.note)
    text.block("\(context.access)\(indirect)enum \(oneof.type.name): Sendable, Hashable {") {
      for member in members {
        let name = SwiftIdentifier.quoted(oneof.caseNames[member.number] ?? member.swiftName)
        let type = context.valueType(of: member, in: oneof.type.scope)
        $0.item(documented: !member.note.isBare) {
          $0.documentationWithWarning(member.note)
          $0.line("case \(name)(\(type))")
        }
      }
    }
  }
}

extension SchemaField {
  /// The stored property that the glue reads and writes.
  var storedName: String {
    guard note.isDeprecated else { return SwiftIdentifier.quoted(swiftName) }
    return "deprecated" + swiftName.prefix(1).uppercased() + swiftName.dropFirst()
  }
}
