public import Protobuf
public import RPCCore

/// Tells callers the schema of a server's services, so that a tool can call what it was not built for.
///
/// It is off unless a server adds it, behind the same interceptors as any service:
///
///     let reflection = Reflection(of: router, schema: SafeMobility.fileDescriptors)
///     let complete = router.adding(services: reflection.services, interceptors: access)
public struct Reflection: Sendable {
  private let index: SchemaIndex
  private let serviceNames: [String]
  private let limits: ReflectionLimits

  /// Reflection of the services of `router`, and of itself.
  ///
  /// - Parameters:
  ///   - router: whose services are listed
  ///   - schema: the generated files of those services and what they import. The files of this module and
  ///     `google.protobuf` need not be named.
  ///   - limits: what one stream may ask
  public init(
    of router: Router, schema: [FileDescriptor], limits: ReflectionLimits = ReflectionLimits()
  ) {
    let own =
      GRPCHealth.fileDescriptors + GRPCReflection.fileDescriptors
      + GRPCReflectionAlpha.fileDescriptors + GRPCChannelz.fileDescriptors
      + GoogleProtobuf.fileDescriptors
    self.index = SchemaIndex(schema + own)
    self.serviceNames = Set(
      router.methods.map(\.service) + [
        ReflectionService.serviceName, ReflectionAlphaService.serviceName,
      ]
    ).sorted()
    self.limits = limits
  }

  /// The service in both its versions, `grpc.reflection.v1` and `v1alpha`; older tools know only the latter.
  public var services: [any RPCService] {
    [ReflectionService(reflection: self), ReflectionAlphaService(reflection: self)]
  }

  /// Answers a stream, request by request.
  @Sendable
  func serve(
    _ requests: RequestStream<GRPCReflection.ServerReflectionRequest>,
    _ responses: ResponseStream<GRPCReflection.ServerReflectionResponse>, _ call: ServerCall
  ) async throws {
    var session = ReflectionSession(index: index, services: serviceNames, limits: limits)
    for try await request in requests { try await responses.write(session.answer(request)) }
  }
}

/// The present version.
struct ReflectionService: GRPCReflection.ServerReflection {
  let reflection: Reflection

  func serverReflectionInfo(
    _ requests: RequestStream<GRPCReflection.ServerReflectionRequest>,
    responses: ResponseStream<GRPCReflection.ServerReflectionResponse>, call: ServerCall
  ) async throws {
    try await reflection.serve(requests, responses, call)
  }
}

/// The version before, whose messages have the same bytes under other names: the same code answers both.
struct ReflectionAlphaService: RPCService {
  static let serviceName = "grpc.reflection.v1alpha.ServerReflection"

  let reflection: Reflection

  func methods() -> [MethodHandler] {
    [
      .bidirectionalStreaming(
        GRPCReflectionAlpha.ServerReflectionMethods.serverReflectionInfo, reflection.serve)
    ]
  }
}
