import Protobuf

/// The second pass over the services of one file.
struct ServiceReader {
  let types: TypeTable
  let comments: SchemaComments
  let package: String

  func resolve(
    _ services: [GoogleProtobuf.ServiceDescriptorProto], named names: [ServiceNames]
  ) throws(PluginError) -> [SchemaService] {
    var resolved: [SchemaService] = []
    for (index, (service, names)) in zip(services, names).enumerated() {
      resolved.append(try resolve(service, named: names, at: [6, Int32(index)]))
    }
    return resolved
  }

  private func resolve(
    _ service: GoogleProtobuf.ServiceDescriptorProto, named names: ServiceNames, at path: [Int32]
  ) throws(PluginError) -> SchemaService {
    var scope = NameScope(reserved: ReservedNames.methods)
    let swiftNames = service.method.map {
      scope.claim(SwiftIdentifier.lowerCamel($0.name ?? ""))
    }
    var methods: [SchemaMethod] = []
    for (index, method) in service.method.enumerated() {
      let swiftName = swiftNames[index]
      methods.append(
        SchemaMethod(
          protoName: method.name ?? "", swiftName: swiftName,
          // After the names of all methods: one of them may be called OnSomething.
          answerName: scope.claim("on" + SwiftIdentifier.upperCamel(swiftName)),
          input: try types.find(method.inputType ?? ""),
          output: try types.find(method.outputType ?? ""),
          kind: SchemaMethod.Kind(
            clientStreams: method.clientStreaming ?? false,
            serverStreams: method.serverStreaming ?? false),
          note: comments.note(
            at: path + [2, Int32(index)], isDeprecated: method.options?.deprecated)))
    }
    let protoName = service.name ?? ""
    return SchemaService(
      protoName: protoName, fullName: package.isEmpty ? protoName : "\(package).\(protoName)",
      names: names, note: comments.note(at: path, isDeprecated: service.options?.deprecated),
      methods: methods)
  }
}
