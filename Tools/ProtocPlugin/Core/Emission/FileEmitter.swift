/// Writes `FILE.pb.swift`: the messages and enums of one schema file, and its descriptor.
struct FileEmitter {
  let context: EmissionContext
  let file: SchemaFile

  func emit() -> String {
    var text = SwiftText()
    for line in context.header(file.path) { text.line(line) }
    let runtime = context.isInsideRuntime ? [] : ["Protobuf"]
    for module in file.fieldModules.union(runtime).sorted() {
      text.line(context.importLine(module))
    }
    text.gap()
    if !file.messages.isEmpty || !file.enums.isEmpty { emitTypes(into: &text) }
    emitDescriptor(into: &text)
    return text.text
  }

  private func emitTypes(into text: inout SwiftText) {
    text.block("extension \(file.namespace) {") {
      for enumeration in file.enums {
        $0.gap()
        EnumEmitter(context: context, enumeration: enumeration).emit(into: &$0)
      }
      for message in file.messages {
        $0.gap()
        MessageEmitter(context: context, message: message).emit(into: &$0)
      }
    }
    text.gap()
  }

  private func emitDescriptor(into text: inout SwiftText) {
    let scope = LexicalScope(namespace: file.namespace, path: [])
    let messages = file.messages.flatMap(\.withNested)
    let enums = file.enums + messages.flatMap(\.enums)
    text.block("extension \(file.namespace) {") {
      $0.line("/// `\(file.path)` as the compiler read it.")
      $0.line(
        "\(context.access)static let \(file.descriptorName) = "
          + "\(context.runtime("FileDescriptor", in: scope))(")
      $0.line("  name: \"\(file.path)\",")
      $0.line("  package: \"\(file.package)\",")
      emitList("messages", messages.map(\.type), in: scope, into: &$0)
      emitList("enums", enums.map(\.type), in: scope, into: &$0)
      $0.line("  base64: \"\"\"")
      // A backslash ends every line but the last: the text has no line breaks for its reader.
      let lines = Base64.lines(of: file.descriptor, width: 88)
      for line in lines.dropLast() { $0.line("    \(line)\\") }
      for line in lines.suffix(1) { $0.line("    \(line)") }
      $0.line("    \"\"\")")
    }
  }

  private func emitList(
    _ label: String, _ types: [SwiftType], in scope: LexicalScope, into text: inout SwiftText
  ) {
    if types.isEmpty {
      text.line("  \(label): [],")
      return
    }
    text.line("  \(label): [")
    for type in types { text.line("    \(context.spelling(of: type, in: scope)).self,") }
    text.line("  ],")
  }
}
