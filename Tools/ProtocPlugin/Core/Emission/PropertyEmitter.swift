/// Writes the stored properties of one message.
///
/// A large message keeps them in a box: a private struct with the fields behind one reference, and
/// a computed property for each.
struct PropertyEmitter {
  let context: EmissionContext
  let message: SchemaMessage

  private var scope: LexicalScope { message.type.scope }

  /// One property, however it is stored.
  private struct Property {
    var note: SchemaNote
    var more: [String] = []
    var wrapper = ""
    var name: String
    var type: String
    /// With its equals sign, or empty.
    var initial = ""
    /// The name behind one that warns.
    var storedName: String
  }

  func emit(into text: inout SwiftText) {
    for property in properties {
      text.item(documented: !property.note.comment.isEmpty || !property.more.isEmpty) {
        $0.documentation(property.note, and: property.more)
        if let box = message.box {
          emitBoxed(property, box, into: &$0)
        } else {
          emitStored(property, into: &$0)
        }
      }
    }
    text.item(documented: false) {
      let type = context.runtime("UnknownFields", in: scope)
      if let box = message.box {
        emitAccess("unknownFields", type, box, into: &$0)
      } else {
        $0.line("\(context.access)var unknownFields = \(type)()")
      }
    }
  }

  /// The box of a large message; nothing for a small one.
  func emitBox(into text: inout SwiftText) {
    guard let box = message.box else { return }
    let wrapper = context.runtime("CopyOnWrite", in: scope)
    text.gap()
    text.line("private var \(box.property) = \(wrapper)(\(box.typeName)())")
    text.gap()
    text.line("/// All fields, behind one reference: the message is large.")
    text.block("private struct \(box.typeName): Sendable, Hashable {") {
      for property in properties {
        $0.line("\(property.wrapper)var \(property.name): \(property.type)\(property.initial)")
      }
      $0.line("var unknownFields = \(context.runtime("UnknownFields", in: scope))()")
    }
  }

  private func emitBoxed(_ property: Property, _ box: SchemaBox, into text: inout SwiftText) {
    if property.note.isDeprecated { text.line("@available(*, deprecated)") }
    emitAccess(property.name, property.type, box, into: &text)
  }

  /// Changes happen in place, so that appending to an array does not copy it.
  private func emitAccess(
    _ name: String, _ type: String, _ box: SchemaBox, into text: inout SwiftText
  ) {
    text.block("\(context.access)var \(name): \(type) {") {
      $0.line("get { \(box.property).value.\(name) }")
      $0.line("_modify { yield &\(box.property).value.\(name) }")
    }
  }

  private func emitStored(_ property: Property, into text: inout SwiftText) {
    let declaration = "\(property.type)\(property.initial)"
    guard property.note.isDeprecated else {
      text.line("\(property.wrapper)\(context.access)var \(property.name): \(declaration)")
      return
    }
    // The glue must read and write it without a warning, so it goes around the name that warns.
    text.line("@available(*, deprecated)")
    text.block("\(context.access)var \(property.name): \(property.type) {") {
      $0.line("get { \(property.storedName) }")
      $0.line("set { \(property.storedName) = newValue }")
    }
    text.line("\(property.wrapper)private var \(property.storedName): \(declaration)")
  }

  /// In the order of the schema; a oneof stands where its first member does.
  private var properties: [Property] {
    var seen: Set<Int> = []
    return message.fields.compactMap { field in
      guard let oneof = field.oneof else { return property(of: field) }
      return seen.insert(oneof).inserted ? property(of: message.oneofs[oneof]) : nil
    }
  }

  private func property(of oneof: SchemaOneof) -> Property {
    let name = SwiftIdentifier.quoted(oneof.swiftName)
    return Property(
      note: oneof.note, name: name, type: context.spelling(of: oneof.type, in: scope) + "?",
      storedName: name)
  }

  private func property(of field: SchemaField) -> Property {
    Property(
      note: field.note, more: defaultNote(of: field),
      wrapper: field.isRecursive ? "@\(context.runtime("Boxed", in: scope)) " : "",
      name: SwiftIdentifier.quoted(field.swiftName), type: propertyType(of: field),
      initial: initialValue(of: field), storedName: field.storedName(in: message.box))
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
}

extension SchemaField {
  /// What the glue reads and writes: the property, or what is behind one that warns.
  func storedName(in box: SchemaBox?) -> String {
    let name = SwiftIdentifier.quoted(swiftName)
    guard note.isDeprecated else { return name }
    if let box { return "\(box.property).value.\(name)" }
    return "deprecated" + swiftName.prefix(1).uppercased() + swiftName.dropFirst()
  }
}
