internal import Protobuf
internal import RPCCore
internal import SafeMobilityAPI

/// What may be done about a call of a method of which nobody knows whether it happened.
enum MethodNature: Sendable, Hashable {
  /// It changes nothing: it may be made any number of times.
  case read
  /// Its request has a `request_id` in this field: with the same bytes it is done once, however often it
  /// is sent (AIP-155).
  case change(requestIDField: Int)
  /// Neither, or not of the contract: it is made once.
  case other

  /// By the schema; looked up, not worked out, after the first call.
  static func of(_ method: MethodDescriptor) -> MethodNature {
    byPath[method.path] ?? .other
  }

  private static let byPath: [String: MethodNature] = {
    let pool = DescriptorPool(SafeMobility.fileDescriptors)
    var natures: [String: MethodNature] = [:]
    for file in SafeMobility.fileDescriptors {
      // The compiler's own bytes, checked with everything that is generated; a file without services
      // could be passed over as well as one that is damaged.
      let proto = try? GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      for service in proto?.service ?? [] {
        for method in service.method where !method.isStreaming {
          let path = "/\(file.package).\(service.name ?? "")/\(method.name ?? "")"
          natures[path] = method.nature(in: pool)
        }
      }
    }
    return natures
  }()
}

extension GoogleProtobuf.MethodDescriptorProto {
  fileprivate var isStreaming: Bool { clientStreaming ?? false || serverStreaming ?? false }

  fileprivate func nature(in pool: DescriptorPool) -> MethodNature {
    let request = pool.message(named: String((inputType ?? "").drop { $0 == "." }))
    if let field = request?.descriptor.field(named: "request_id") {
      return .change(requestIDField: field.number)
    }
    return options?.idempotencyLevel == .noSideEffects ? .read : .other
  }
}
