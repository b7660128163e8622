import Protobuf
import RPCCore
import RPCServices
import SafeMobilityClient

/// Asks a server for its schema: `grpc.reflection.v1`, or `v1alpha` where the server is older.
///
/// Source: gRPC `doc/server-reflection.md`. Both versions have the same bytes.
struct ReflectionReader {
  typealias Request = GRPCReflection.ServerReflectionRequest
  typealias Response = GRPCReflection.ServerReflectionResponse
  typealias File = GoogleProtobuf.FileDescriptorProto

  /// A server's schema is thousands of files at most; more are a defect, or malice.
  private static let fileCountMax = 10_000

  private let stream: BidirectionalStreamingCall<Request, Response>
  private var responses: ResponseIterator<Response>
  private var files: [String: File] = [:]
  /// The services that the server lists.
  let services: [String]

  /// Opens the stream, by whichever version the server speaks.
  ///
  /// - Throws: the server's status; UNIMPLEMENTED when it has no reflection
  init(_ server: ToolServer) async throws(RPCError) {
    do {
      try await self.init(GRPCReflection.ServerReflectionMethods.serverReflectionInfo, server)
    } catch  where error.code == .unimplemented {
      try await self.init(GRPCReflectionAlpha.ServerReflectionMethods.serverReflectionInfo, server)
    }
  }

  private init(_ method: MethodDescriptor, _ server: ToolServer) async throws(RPCError) {
    stream = server.client.rpc.bidirectionalStreaming(
      method, metadata: server.metadata,
      options: CallOptions(timeout: server.timeout ?? .seconds(30)))
    responses = stream.makeAsyncIterator()
    let answer = try await Self.ask(
      .with { $0.messageRequest = .listServices("") }, stream, &responses)
    guard case .listServicesResponse(let list) = answer else {
      throw RPCError(.internal, "the server's reflection does not list its services")
    }
    services = list.service.map(\.name).sorted()
  }

  /// The schema of all services that the server lists.
  mutating func everything() async throws -> ToolSchema {
    try await schema(of: services)
  }

  /// The schema of some services and all that they need; of those that the server cannot tell of, without them.
  mutating func schema(of services: [String]) async throws -> ToolSchema {
    for service in services { _ = try await gather(symbol: service) }
    return try finish()
  }

  /// The schema in which a symbol is; nil when the server knows no such symbol.
  mutating func schema(declaring symbol: String) async throws -> ToolSchema? {
    try await gather(symbol: symbol) ? try finish() : nil
  }

  private func finish() throws -> ToolSchema {
    stream.finish()
    return try ToolSchema(
      Array(files.values).sorted { ($0.name ?? "") < ($1.name ?? "") }, services: services)
  }

  /// Takes in the file of a symbol, and all that it imports.
  private mutating func gather(symbol: String) async throws(RPCError) -> Bool {
    guard try await take(.with { $0.messageRequest = .fileContainingSymbol(symbol) }) else {
      return false
    }
    // Servers may send what is imported along, or wait to be asked.
    var refused: Set<String> = []
    while let missing = files.values.flatMap(\.dependency).first(where: {
      files[$0] == nil && !refused.contains($0)
    }) {
      if try await !take(.with { $0.messageRequest = .fileByFilename(missing) }) {
        // The types of google.protobuf are known here; others are named when the schema is made.
        refused.insert(missing)
      }
    }
    return true
  }

  /// Whether the server had the files that a request asks for.
  private mutating func take(_ request: Request) async throws(RPCError) -> Bool {
    switch try await Self.ask(request, stream, &responses) {
    case .fileDescriptorResponse(let found):
      for bytes in found.fileDescriptorProto {
        guard let file = try? File(serializedBytes: bytes) else {
          throw RPCError(.internal, "the server's reflection sends files that are none")
        }
        files[file.name ?? ""] = file
      }
      guard files.count <= Self.fileCountMax else {
        throw RPCError(
          .resourceExhausted, "the server's schema has more than \(Self.fileCountMax) files")
      }
      return true
    case .errorResponse: return false
    default: throw RPCError(.internal, "the server's reflection answers another question")
    }
  }

  private static func ask(
    _ request: Request, _ stream: BidirectionalStreamingCall<Request, Response>,
    _ responses: inout ResponseIterator<Response>
  ) async throws(RPCError) -> Response.MessageResponse? {
    do {
      try await stream.write(request)
    } catch {
      // Why the call has ended is what reading tells.
      _ = try await responses.next()
      throw error
    }
    guard let answer = try await responses.next() else {
      throw RPCError(.internal, "the server's reflection ended before it answered")
    }
    return answer.messageResponse
  }
}
