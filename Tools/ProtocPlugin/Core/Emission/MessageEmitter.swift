/// Writes the struct of one message, and of those inside it.
struct MessageEmitter {
  let context: EmissionContext
  let message: SchemaMessage

  private var scope: LexicalScope { message.type.scope }

  func emit(into text: inout SwiftText) {
    text.documentationWithWarning(message.note)
    let access = context.access
    text.block("\(access)struct \(message.type.name): \(context.conformance("Message")) {") {
      let properties = PropertyEmitter(context: context, message: message)
      properties.emit(into: &$0)
      $0.gap()
      $0.line("\(access)init() {}")
      $0.gap()
      TableEmitter(context: context, message: message).emit(into: &$0)
      GlueEmitter(context: context, message: message).emit(into: &$0)
      properties.emitBox(into: &$0)
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
