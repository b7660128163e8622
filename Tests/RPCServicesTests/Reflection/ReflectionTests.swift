import Foundation
import KitchenSink
import Protobuf
import RPCCore
import RPCServices
import SafeMobilityAPI
import Testing

/// Both versions of the service, which must answer alike: each test runs over both.
@Suite("Reflection", .timeLimit(.minutes(1)))
struct ReflectionTests {
  typealias Request = GRPCReflection.ServerReflectionRequest
  typealias Response = GRPCReflection.ServerReflectionResponse

  static let versions = ["grpc.reflection.v1", "grpc.reflection.v1alpha"]

  struct Kitchen: KitchenV1.Kitchen {}

  static let reflection = Reflection(
    of: Router(services: [Kitchen(), HealthService(HealthBoard())]),
    schema: SafeMobility.fileDescriptors + KitchenV1.fileDescriptors + LegacyV1.fileDescriptors)

  /// A stream of requests to one version.
  static func stream(_ version: String, _ reflection: Reflection = reflection) throws -> DrivenCall
  {
    let service = try #require(
      reflection.services.first { type(of: $0).serviceName == "\(version).ServerReflection" })
    return try DrivenCall(service, "ServerReflectionInfo")
  }

  /// The answer to one request on a stream of its own.
  static func ask(_ version: String, _ request: Request.MessageRequest) async throws -> Response {
    let call = try stream(version)
    try call.send(Request.with { $0.messageRequest = request })
    call.end()
    let response = try #require(try await call.next(as: Response.self))
    #expect(try await call.next(as: Response.self) == nil)
    return response
  }

  /// The names of the files in an answer, in its order.
  static func files(_ response: Response) throws -> [String] {
    guard case .fileDescriptorResponse(let files) = response.messageResponse else { return [] }
    return try files.fileDescriptorProto.map {
      try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0).name ?? ""
    }
  }

  static func errorCode(_ response: Response) -> Int32? {
    guard case .errorResponse(let error) = response.messageResponse else { return nil }
    return error.errorCode
  }

  @Test("lists the router's services and itself, in order", arguments: versions)
  func lists(version: String) async throws {
    let response = try await Self.ask(version, .listServices("*"))
    guard case .listServicesResponse(let list) = response.messageResponse else {
      Issue.record("no list")
      return
    }
    #expect(
      list.service.map(\.name) == [
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection", "kitchen.v1.Kitchen",
      ])
  }

  @Test("an answer repeats the host and the request", arguments: versions)
  func repeats(version: String) async throws {
    let call = try Self.stream(version)
    let request = Request.with {
      $0.host = "office.example"
      $0.messageRequest = .fileByFilename("nothing.proto")
    }
    try call.send(request)
    let response = try #require(try await call.next(as: Response.self))
    #expect(response.validHost == "office.example")
    #expect(response.originalRequest == request)
    call.cancel()
  }

  @Test(
    "a symbol of any sort leads to the file that declares it",
    arguments: [
      ("kitchen.v1.Kitchen", "kitchen_sink.proto"),
      ("kitchen.v1.Kitchen.CookAll", "kitchen_sink.proto"),
      ("kitchen.v1.Scalars", "kitchen_sink.proto"),
      ("kitchen.v1.Scalars.int32_value", "kitchen_sink.proto"),
      ("kitchen.v1.Scalars._int32_optional", "kitchen_sink.proto"),
      ("legacy.v1.Old.Mood", "legacy.proto"),
      ("legacy.v1.Old.MOOD_BAD", "legacy.proto"),
      ("legacy.v1.remark", "legacy.proto"),
      ("safemobility.v1.access", "safemobility/v1/annotations.proto"),
      ("google.protobuf.Timestamp", "google/protobuf/timestamp.proto"),
      ("grpc.health.v1.Health.List", "grpc/health/v1/health.proto"),
      ("grpc.reflection.v1.ServerReflection", "grpc/reflection/v1/reflection.proto"),
      ("grpc.reflection.v1alpha.ErrorResponse", "grpc/reflection/v1alpha/reflection.proto"),
    ])
  func symbols(symbol: String, file: String) async throws {
    for version in Self.versions {
      let response = try await Self.ask(version, .fileContainingSymbol(symbol))
      #expect(try Self.files(response).first == file)
    }
  }

  @Test("an extension leads to its file, and a message to the numbers of its extensions")
  func extensions() async throws {
    let found = try await Self.ask(
      "grpc.reflection.v1",
      .fileContainingExtension(
        .with {
          $0.containingType = "google.protobuf.MethodOptions"
          $0.extensionNumber = 50001
        }))
    #expect(try Self.files(found).first == "safemobility/v1/annotations.proto")
    for (type, numbers) in [
      ("google.protobuf.MethodOptions", [50001, 50002] as [Int32]), ("legacy.v1.Old", [100]),
      ("google.protobuf.Timestamp", []),
    ] {
      let all = try await Self.ask("grpc.reflection.v1alpha", .allExtensionNumbersOfType(type))
      guard case .allExtensionNumbersResponse(let response) = all.messageResponse else {
        Issue.record("no numbers of \(type)")
        continue
      }
      #expect(response.baseTypeName == type)
      #expect(response.extensionNumber == numbers)
    }
  }

  @Test("every file comes with all that it imports, to the byte as the compiler wrote it")
  func complete() async throws {
    let all = SafeMobility.fileDescriptors + GoogleProtobuf.fileDescriptors
    let bytes = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.serializedBytes) })
    for file in SafeMobility.fileDescriptors {
      let response = try await Self.ask("grpc.reflection.v1", .fileByFilename(file.name))
      guard case .fileDescriptorResponse(let sent) = response.messageResponse else {
        Issue.record("\(file.name) is not found")
        continue
      }
      let schemas = try sent.fileDescriptorProto.map {
        try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0)
      }
      let names = schemas.map { $0.name ?? "" }
      #expect(names.first == file.name)
      #expect(Set(names).count == names.count)
      #expect(Set(schemas.flatMap(\.dependency)).isSubset(of: names))
      #expect(zip(names, sent.fileDescriptorProto).allSatisfy { bytes[$0] == $1 })
    }
  }

  @Test(
    "a stream is sent what a file imports once, and the file itself each time", arguments: versions)
  func once(version: String) async throws {
    let call = try Self.stream(version)
    func ask(_ name: String) async throws -> [String] {
      try call.send(Request.with { $0.messageRequest = .fileByFilename(name) })
      return try Self.files(try #require(try await call.next(as: Response.self)))
    }
    let health = "grpc/channelz/v1/channelz.proto"
    let imports = ["any", "duration", "timestamp", "wrappers"].map { "google/protobuf/\($0).proto" }
    #expect(try await ask(health) == [health] + imports)
    #expect(try await ask(health) == [health])
    #expect(try await ask(imports[0]) == [imports[0]])
    call.end()
    #expect(try await call.next(as: Response.self) == nil)
  }

  @Test("of two files of one name the first counts, and what is not there is left out")
  func odd() async throws {
    let schema = GoogleProtobuf.FileDescriptorProto.with {
      $0.name = "own.proto"
      $0.dependency = ["absent.proto"]
      $0.messageType = [.with { $0.name = "Unpackaged" }]
    }
    let own = try FileDescriptor(
      name: "own.proto", package: "", messages: [], enums: [],
      base64: Data(schema.serializedBytes()).base64EncodedString())
    let reflection = Reflection(of: Router(services: []), schema: [own, own])
    let call = try Self.stream("grpc.reflection.v1", reflection)
    try call.send(Request.with { $0.messageRequest = .fileContainingSymbol("Unpackaged") })
    let response = try #require(try await call.next(as: Response.self))
    #expect(try Self.files(response) == ["own.proto"])
    call.cancel()
  }
}
