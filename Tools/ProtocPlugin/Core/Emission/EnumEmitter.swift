/// Writes one enum.
struct EnumEmitter {
  let context: EmissionContext
  let enumeration: SchemaEnum

  /// The values that have a case of their own; the others are second names.
  private var cases: [SchemaEnumValue] { enumeration.values.filter { $0.aliasOf == nil } }

  func emit(into text: inout SwiftText) {
    let access = context.access
    let name = enumeration.type.name
    text.documentationWithWarning(enumeration.note)
    text.block("\(access)enum \(name): \(context.conformance("OpenEnum")) {") {
      for value in cases {
        $0.item(documented: !value.note.isBare) {
          $0.documentationWithWarning(value.note)
          $0.line("case \(SwiftIdentifier.quoted(value.caseName))")
        }
      }
      $0.item(documented: true) {
        $0.line("/// A number this version of the schema has no name for.")
        $0.line("case unrecognized(Int32)")
      }
      emitAliases(into: &$0)
      emitRawValue(into: &$0)
      emitDescriptor(into: &$0)
    }
  }

  private func emitAliases(into text: inout SwiftText) {
    for value in enumeration.values {
      guard let original = value.aliasOf else { continue }
      text.gap()
      text.documentation(value.note)
      if value.note.isDeprecated { text.line("@available(*, deprecated)") }
      let name = SwiftIdentifier.quoted(value.caseName)
      text.line("\(context.access)static var \(name): Self { .\(original) }")
    }
  }

  private func emitRawValue(into text: inout SwiftText) {
    text.gap()
    text.block("\(context.access)init(rawValue: Int32) {") {
      $0.line("switch rawValue {")
      for value in cases { $0.line("case \(value.number): self = .\(value.caseName)") }
      $0.line("default: self = .unrecognized(rawValue)")
      $0.line("}")
    }
    text.gap()
    text.block("\(context.access)var rawValue: Int32 {") {
      $0.line("switch self {")
      for value in cases { $0.line("case .\(value.caseName): \(value.number)") }
      $0.line("case .unrecognized(let number): number")
      $0.line("}")
    }
  }

  private func emitDescriptor(into text: inout SwiftText) {
    let type = context.runtime("EnumDescriptor", in: enumeration.type.scope)
    text.gap()
    text.line("\(context.access)static let descriptor = \(type)(")
    text.line("  \"\(enumeration.fullName)\",")
    text.line("  [")
    for value in enumeration.values {
      text.line("    (\(value.number), \"\(value.protoName)\"),")
    }
    text.line("  ])")
  }
}
