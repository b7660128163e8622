import Protobuf

/// Options of a schema as they are written in .proto files: the language's own, and those that the schema declares.
struct OptionText {
  let declarations: Declarations
  let types: RuntimeSchema

  /// `name = value` for each option that is set, in the order of their numbers.
  func texts<Options: Message>(of options: Options?, unknown: UnknownFields?) -> [String] {
    guard let options else { return [] }
    var texts: [String] = []
    try? options.withView { view in
      for field in view.presentFields where field.name != "uninterpreted_option" {
        for index in 0..<view.count(field) {
          texts.append("\(field.name) = \(try Self.value(of: field, at: index, in: view))")
        }
      }
    }
    return texts + custom(of: Options.descriptor.fullName, unknown ?? UnknownFields())
  }

  private func custom(of options: String, _ unknown: UnknownFields) -> [String] {
    declarations.extensions(of: options).flatMap { name, field in
      values(of: field, unknown).map { "(\(name)) = \($0)" }
    }
  }

  /// The values of an option that this program was not built with.
  private func values(
    of field: GoogleProtobuf.FieldDescriptorProto, _ unknown: UnknownFields
  ) -> [String] {
    let number = Int(field.number ?? 0)
    let typeName = String((field.typeName ?? "").drop { $0 == "." })
    switch field.type {
    case .string: return unknown.strings(number).map(Self.quoted)
    case .bytes: return unknown.contents(number).map { Self.quoted(bytes: $0) }
    case .message:
      let parts = unknown.contents(number)
      guard !parts.isEmpty, let type = types.message(named: typeName) else { return [] }
      // Parts of one message may be joined; a repeated option has one part for each.
      let messages = field.label == .repeated ? parts : [Array(parts.joined())]
      return messages.compactMap { bytes in try? type.withView(of: bytes) { try Self.aggregate($0) }
      }
    default:
      return unknown.varints(number).map { numberText(field.type, $0, typeName) }
    }
  }

  private func numberText(
    _ type: GoogleProtobuf.FieldDescriptorProto.Type_?, _ bits: UInt64, _ typeName: String
  ) -> String {
    switch type {
    case .bool: return bits == 0 ? "false" : "true"
    case .enum:
      let number = Int32(truncatingIfNeeded: bits)
      return types.enum(named: typeName)?.name(of: number) ?? "\(number)"
    case .int32, .int64, .sfixed64: return "\(Int64(bitPattern: bits))"
    case .sfixed32: return "\(Int32(truncatingIfNeeded: bits))"
    case .sint32, .sint64: return "\(Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1))"
    case .float: return "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
    case .double: return "\(Double(bitPattern: bits))"
    default: return "\(bits)"
    }
  }

  /// `{ name: value, … }`, as messages stand in options.
  private static func aggregate(_ view: borrowing MessageView) throws -> String {
    var members: [String] = []
    for field in view.presentFields {
      var values: [String] = []
      for index in 0..<view.count(field) {
        values.append(try value(of: field, at: index, in: view))
      }
      members.append(
        field.isRepeated
          ? "\(field.name): [\(values.joined(separator: ", "))]" : "\(field.name): \(values[0])")
    }
    return members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
  }

  private static func value(
    of field: FieldDescriptor, at index: Int, in view: borrowing MessageView
  ) throws -> String {
    if field.type.isMessage {
      return try view.withMessage(field, at: index) { inner in try aggregate(inner) } ?? "{}"
    }
    switch try view.scalar(field, at: index) {
    case .int32(let number): return "\(number)"
    case .int64(let number): return "\(number)"
    case .uint32(let number): return "\(number)"
    case .uint64(let number): return "\(number)"
    case .float(let number): return "\(number)"
    case .double(let number): return "\(number)"
    case .bool(let flag): return "\(flag)"
    case .string(let text): return quoted(text)
    case .bytes(let bytes): return quoted(bytes: bytes)
    case .enum(let number): return field.type.enumDescriptor?.name(of: number) ?? "\(number)"
    }
  }

  /// A text as a literal of the language.
  static func quoted(_ text: String) -> String {
    "\"\(text.unicodeScalars.map(escaped).joined())\""
  }

  private static func quoted(bytes: [UInt8]) -> String {
    let escaped = bytes.map { "\\x" + Hexadecimal.text(of: [$0]) }
    return "\"\(escaped.joined())\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default:
      scalar.value < 0x20 || scalar.value == 0x7F
        ? "\\x" + Hexadecimal.text(of: [UInt8(scalar.value)]) : String(scalar)
    }
  }
}
