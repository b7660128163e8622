public import Protobuf

/// `protoc-gen-pasarela` without its pipes: a request in, Swift source out.
///
/// The same request gives the same bytes, on any machine and at any time.
public enum Plugin {
  /// What the plugin understands beyond the oldest protoc: proto3 `optional`.
  private static let supportedFeatures: UInt64 = 1

  /// Answers a request; what cannot be generated becomes the response's `error`.
  public static func respond(
    to request: GoogleProtobufCompiler.CodeGeneratorRequest
  ) -> GoogleProtobufCompiler.CodeGeneratorResponse {
    var response = GoogleProtobufCompiler.CodeGeneratorResponse()
    response.supportedFeatures = supportedFeatures
    do {
      response.file = try generate(request)
    } catch {
      response.error = error.text
    }
    return response
  }

  private static func generate(
    _ request: GoogleProtobufCompiler.CodeGeneratorRequest
  ) throws(PluginError) -> [GoogleProtobufCompiler.CodeGeneratorResponse.File] {
    let parameters = try Parameters(request.parameter ?? "")
    let schema = try SchemaReader.read(request, parameters: parameters)
    let context = EmissionContext(types: schema.types, parameters: parameters)
    var files = namespaceFiles(of: schema, context)
    let names = OutputNames(schema.files.map(\.stem))
    var conforming: Set<SwiftType> = []
    for file in schema.files {
      let messages = FileEmitter(context: context, file: file).emit()
      files.append(output("\(names[file.stem]).pb.swift", messages))
      guard parameters.services, !file.services.isEmpty else { continue }
      let mentioned = file.services.flatMap(\.methods).flatMap { [$0.input, $0.output] }
      let new = mentioned.filter { conforming.insert($0).inserted }
      let services = ServiceFileEmitter(context: context, file: file, newMessages: new).emit()
      files.append(output("\(names[file.stem]).rpc.swift", services))
    }
    return files
  }

  /// One file per package, beside the first file of it.
  private static func namespaceFiles(
    of schema: Schema, _ context: EmissionContext
  ) -> [GoogleProtobufCompiler.CodeGeneratorResponse.File] {
    var seen: Set<String> = []
    return schema.files.filter { seen.insert($0.namespace).inserted }.map { first in
      let emitter = NamespaceEmitter(
        context: context, namespace: first.namespace, package: first.package,
        files: schema.files.filter { $0.namespace == first.namespace })
      let folder = first.path.split(separator: "/").dropLast().map { "\($0)/" }.joined()
      return output("\(folder)\(first.namespace).pb.swift", emitter.emit())
    }
  }

  private static func output(
    _ name: String, _ content: String
  ) -> GoogleProtobufCompiler.CodeGeneratorResponse.File {
    var file = GoogleProtobufCompiler.CodeGeneratorResponse.File()
    file.name = name
    file.content = content
    return file
  }
}
