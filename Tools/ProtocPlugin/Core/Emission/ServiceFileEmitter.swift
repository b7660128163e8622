/// Writes `FILE.rpc.swift`: the services of one schema file.
struct ServiceFileEmitter {
  let context: EmissionContext
  let file: SchemaFile
  /// The messages that become requests and responses here first.
  let newMessages: [SwiftType]

  func emit() -> String {
    var text = SwiftText()
    for line in context.header(file.path) { text.line(line) }
    emitImports(into: &text)
    for service in file.services {
      text.gap()
      ServiceEmitter(context: context, service: service, namespace: file.namespace)
        .emit(into: &text)
    }
    text.gap()
    for type in newMessages { text.line(conformance(of: type)) }
    return text.text
  }

  /// For another module's message neither side of the conformance is ours. Both names in full tell
  /// Swift that this is meant: https://github.com/swiftlang/swift-evolution SE-0364.
  private func conformance(of type: SwiftType) -> String {
    guard let module = type.module else {
      return "extension \(context.spelling(of: type, in: .file)): RPCMessage {}"
    }
    return "extension \(module).\(type.qualified): RPCCore.RPCMessage {}"
  }

  /// The runtime's messages are seen from outside only where a method takes one.
  private func emitImports(into text: inout SwiftText) {
    let seen = file.methodModules.union(["RPCCore"])
    for module in seen.union(["Protobuf"]).sorted() {
      text.line(seen.contains(module) ? context.importLine(module) : "import \(module)")
    }
  }
}

extension LexicalScope {
  /// Outside of all braces.
  static let file = LexicalScope(namespace: "", path: [])
}
