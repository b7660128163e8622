/// Writes the table from which the runtime builds the descriptor of a message.
struct TableEmitter {
  let context: EmissionContext
  let message: SchemaMessage

  private var scope: LexicalScope { message.type.scope }

  func emit(into text: inout SwiftText) {
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
}
