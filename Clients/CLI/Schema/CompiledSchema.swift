import Protobuf
import RPCCore
import SafeMobilityAPI

/// The contract as it was compiled into this program: what it can call without knowing it by name.
struct CompiledSchema: Sendable {
  /// One method of a service.
  struct Method: Sendable {
    var descriptor: MethodDescriptor
    var request: any Message.Type
    var response: any Message.Type
  }

  /// Every method, by service in the order of the schema.
  let methods: [Method]

  /// The contract of the programme.
  static func programme() -> CompiledSchema {
    let pool = DescriptorPool(SafeMobility.fileDescriptors + GoogleProtobuf.fileDescriptors)
    return CompiledSchema(
      methods: SafeMobility.fileDescriptors.flatMap { methods(of: $0, in: pool) })
  }

  /// Methods whose name is `text`, or ends in it: `GetOffice`, `OfficeService/GetOffice`.
  func methods(named text: String) -> [Method] {
    let text = text.replacing(".", with: "/")
    return methods.filter { method in
      let name = method.descriptor.fullName.replacing(".", with: "/")
      return name == text || name.hasSuffix("/" + text)
    }
  }

  private static func methods(of file: FileDescriptor, in pool: DescriptorPool) -> [Method] {
    guard let proto = try? GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
    else { return [] }
    var methods: [Method] = []
    for service in proto.service {
      for method in service.method {
        let types = [method.inputType, method.outputType].compactMap { name in
          name.flatMap { pool.message(named: String($0.drop { $0 == "." })) }
        }
        guard types.count == 2 else { continue }
        methods.append(
          Method(
            descriptor: MethodDescriptor(
              service: "\(file.package).\(service.name ?? "")", method: method.name ?? "",
              kind: kind(of: method)),
            request: types[0], response: types[1]))
      }
    }
    return methods
  }

  private static func kind(of method: GoogleProtobuf.MethodDescriptorProto) -> CallKind {
    switch (method.clientStreaming ?? false, method.serverStreaming ?? false) {
    case (false, false): .unary
    case (true, false): .clientStreaming
    case (false, true): .serverStreaming
    case (true, true): .bidirectionalStreaming
    }
  }
}
