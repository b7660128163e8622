/// Writes the two functions that carry a message between its Swift value and the C image.
///
/// A slot is the index of its field by number; the members of a oneof share the slot of the
/// lowest-numbered one.
struct GlueEmitter {
  let context: EmissionContext
  let message: SchemaMessage

  /// One property and its slot.
  private enum Part {
    case field(SchemaField, slot: Int)
    case oneof(SchemaOneof, members: [SchemaField], slot: Int)
  }

  func emit(into text: inout SwiftText) {
    emitReading(into: &text)
    text.gap()
    emitWriting(into: &text)
  }

  private var scope: LexicalScope { message.type.scope }

  private var parts: [Part] {
    let fields = message.fieldsByNumber
    var seen: Set<Int> = []
    return fields.indices.compactMap { slot in
      guard let oneof = fields[slot].oneof else { return .field(fields[slot], slot: slot) }
      guard seen.insert(oneof).inserted else { return nil }
      return .oneof(
        message.oneofs[oneof], members: fields.filter { $0.oneof == oneof }, slot: slot)
    }
  }

  private func emitReading(into text: inout SwiftText) {
    let reader = context.runtime("ImageReader", in: scope)
    let failure = context.runtime("DecodingError", in: scope)
    text.gap()
    text.block(
      "\(context.access)init(reading image: borrowing \(reader)) throws(\(failure)) {"
    ) {
      for part in parts {
        switch part {
        case .field(let field, let slot):
          $0.line(
            "\(mention(field.storedName(in: message.box))) = try image.\(getter(of: field))(at: \(slot))"
          )
        case .oneof(let oneof, let members, let slot):
          let name = mention(SwiftIdentifier.quoted(oneof.swiftName))
          $0.line("switch image.oneofNumber(at: \(slot)) {")
          for member in members {
            let value = "try image.value(at: \(slot))"
            $0.line(
              "case \(member.number): \(name) = .\(caseName(of: member, in: oneof))(\(value))")
          }
          $0.line("default: \(name) = nil")
          $0.line("}")
        }
      }
      $0.line("unknownFields = image.unknownFields")
    }
  }

  private func emitWriting(into text: inout SwiftText) {
    let writer = context.runtime("ImageWriter", in: scope)
    let failure = context.runtime("EncodingError", in: scope)
    text.block(
      "\(context.access)func write(into image: inout \(writer)) throws(\(failure)) {"
    ) {
      for part in parts {
        switch part {
        case .field(let field, let slot):
          $0.line(
            "try image.set(\(setter(of: field)): \(mention(field.storedName(in: message.box))), at: \(slot))"
          )
        case .oneof(let oneof, let members, let slot):
          $0.line("switch \(mention(SwiftIdentifier.quoted(oneof.swiftName))) {")
          for member in members {
            let set = "try image.set(member: \(member.number), value, at: \(slot))"
            $0.line("case .\(caseName(of: member, in: oneof))(let value): \(set)")
          }
          $0.line("case nil: break")
          $0.line("}")
        }
      }
      $0.line("image.set(unknownFields: unknownFields)")
    }
  }

  private func caseName(of member: SchemaField, in oneof: SchemaOneof) -> String {
    oneof.caseNames[member.number] ?? member.swiftName
  }

  /// A field named like the parameter needs `self.` in front.
  private func mention(_ name: String) -> String {
    name == "image" ? "self.image" : name
  }

  private func getter(of field: SchemaField) -> String {
    switch field.cardinality {
    case .implicit: "value"
    case .explicit: "optional"
    case .repeated: "array"
    case .map: "map"
    }
  }

  private func setter(of field: SchemaField) -> String {
    getter(of: field)
  }
}
