import Protobuf
import RPCCore
import RPCServices
import SafeMobilityAPI

/// What a server offers, by whatever way it became known: services that can be called, and types to read and write
/// their messages by.
struct ToolSchema: Sendable {
  /// One method of a service.
  struct Method: Sendable {
    var descriptor: MethodDescriptor
    var request: MessageDescriptor
    var response: MessageDescriptor

    /// Whether it is of the programme's own contract, whose rules about changes hold for it.
    var isOfProgramme: Bool { descriptor.service.hasPrefix("safemobility.v1.") }
  }

  /// The types.
  let types: RuntimeSchema
  /// The services that are offered, in order.
  let services: [String]
  /// Where the types within `google.protobuf.Any` are found.
  let registry: DescriptorPool

  /// - Parameter services: the services that are offered; nil for all of the files
  /// - Throws: ``CommandFailure`` for files that make no schema
  init(
    _ files: [GoogleProtobuf.FileDescriptorProto], services: [String]? = nil
  ) throws(CommandFailure) {
    do {
      types = try RuntimeSchema(files)
    } catch {
      throw CommandFailure("the schema cannot be used: \(error)")
    }
    self.services = services ?? types.services.map(\.fullName)
    registry = DescriptorPool(
      GoogleProtobuf.fileDescriptors + GoogleRPC.fileDescriptors, and: types)
  }

  /// - Parameter sets: serialized `google.protobuf.FileDescriptorSet`s and where each came from
  init(descriptorSets sets: [(name: String, bytes: [UInt8])]) throws(CommandFailure) {
    var files: [GoogleProtobuf.FileDescriptorProto] = []
    for set in sets {
      do {
        files += try GoogleProtobuf.FileDescriptorSet(serializedBytes: set.bytes).file
      } catch {
        throw CommandFailure(
          "\(set.name) is no descriptor set, as `protoc --descriptor_set_out` writes it: \(error)")
      }
    }
    try self.init(files)
  }

  /// What this program was built with: the programme's contract, and gRPC's own services.
  static func compiled() throws(CommandFailure) -> ToolSchema { try made.get() }

  /// Made once: it is looked at more often than that.
  private static let made = Result<ToolSchema, CommandFailure> { () throws(CommandFailure) in
    let own =
      SafeMobility.fileDescriptors + GRPCHealth.fileDescriptors + GRPCReflection.fileDescriptors
      + GRPCReflectionAlpha.fileDescriptors + GRPCChannelz.fileDescriptors
      + GoogleProtobuf.fileDescriptors
    // Generated code is checked against its compiler in every test run.
    return try ToolSchema(
      own.compactMap {
        try? GoogleProtobuf.FileDescriptorProto(serializedBytes: $0.serializedBytes)
      })
  }

  /// Every method, by service in the order of the schema.
  var methods: [Method] {
    types.services.flatMap { service in
      service.methods.map { method in
        Method(
          descriptor: MethodDescriptor(
            service: service.fullName, method: method.name, kind: Self.kind(of: method)),
          request: method.request, response: method.response)
      }
    }
  }

  /// Methods whose name is `text`, or ends in it: `GetOffice`, `OfficeService/GetOffice`. Of a name that is whole
  /// there is one.
  func methods(named text: String) -> [Method] {
    let wanted = text.replacing("/", with: ".").drop { $0 == "." }
    let all = methods
    func name(_ method: Method) -> String {
      "\(method.descriptor.service).\(method.descriptor.method)"
    }
    let exact = all.filter { name($0) == wanted }
    return exact.isEmpty ? all.filter { name($0).hasSuffix("." + wanted) } : exact
  }

  /// Services whose name has a text in it; the one of that very name alone, where there is one.
  func services(matching text: String) -> [RuntimeSchema.Service] {
    let offered = services.compactMap { types.service(named: $0) }
    let exact = offered.filter { $0.fullName == text }
    return exact.isEmpty ? offered.filter { $0.fullName.contains(text) } : exact
  }

  /// Message types whose name is `text`, or ends in it.
  func messages(named text: String) -> [MessageDescriptor] {
    if let exact = types.message(named: text) { return [exact] }
    return Declarations(types.files).names(endingIn: text).compactMap { types.message(named: $0) }
  }

  static func kind(of method: RuntimeSchema.Method) -> CallKind {
    switch (method.streamsRequests, method.streamsResponses) {
    case (false, false): .unary
    case (true, false): .clientStreaming
    case (false, true): .serverStreaming
    case (true, true): .bidirectionalStreaming
    }
  }
}

extension CallKind {
  /// The kind as a person reads it; nothing for the usual one.
  var words: String {
    switch self {
    case .unary: "unary"
    case .clientStreaming: "client streaming"
    case .serverStreaming: "server streaming"
    case .bidirectionalStreaming: "bidirectional streaming"
    }
  }
}
