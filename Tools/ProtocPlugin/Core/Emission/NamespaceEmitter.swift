/// Writes `<Namespace>.pb.swift`: the caseless enum that the code of one package extends.
struct NamespaceEmitter {
  let context: EmissionContext
  let namespace: String
  let package: String
  /// The package's files, in the order of the request.
  let files: [SchemaFile]

  func emit() -> String {
    let scope = LexicalScope(namespace: namespace, path: [])
    let source = package.isEmpty ? "files without a package" : "package \(package)"
    var text = SwiftText()
    for line in context.header(source) { text.line(line) }
    if !context.isInsideRuntime {
      text.line(context.importLine("Protobuf"))
      text.gap()
    }
    text.line(package.isEmpty ? "/// Files without a package." : "/// Package `\(package)`.")
    text.block("\(context.access)enum \(namespace) {") {
      $0.line(
        "/// Every schema file of this package in this module; give them to a `DescriptorPool`.")
      $0.line(
        "\(context.access)static let fileDescriptors: "
          + "[\(context.runtime("FileDescriptor", in: scope))] = [")
      for file in files { $0.line("  \(file.descriptorName),") }
      $0.line("]")
    }
    return text.text
  }
}
