import KitchenSink
import Protobuf
import RPCCore
import RPCServices
import RPCTransportHTTP2
import Synchronization

/// A real server of another's service, on a free port of loopback.
enum KitchenServer {
  /// Whether, and how, it tells its schema.
  enum Telling: CaseIterable, Sendable {
    case byBothVersions, byTheOldVersionOnly, notAtAll
  }

  /// Runs `body` with the server's address, as text; then stops it.
  static func serve(
    _ telling: Telling = .byBothVersions, _ kitchen: TestKitchen = TestKitchen(),
    board: HealthBoard = HealthBoard(), tls: TestCertificates? = nil,
    host: String = "127.0.0.1",
    _ body: (_ address: String) async throws -> Void
  ) async throws {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: host, port: 0)])
    configuration.tls = tls.map {
      TLSConfiguration(
        certificatePath: $0.path("server.pem"), privateKeyPath: $0.path("server.key.pem"))
    }
    configuration.eventLoopCount = 1
    configuration.shutdownGrace = .seconds(5)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(
      configuration: configuration, router: router(telling, kitchen, board))
    let running = Task { try await server.run() }
    for await address in bound.stream {
      do {
        try await body(address.description)
      } catch {
        server.shutdownGracefully()
        try await running.value
        throw error
      }
      break
    }
    server.shutdownGracefully()
    try await running.value
  }

  private static func router(
    _ telling: Telling, _ kitchen: TestKitchen, _ board: HealthBoard
  ) -> Router {
    let router = Router(services: [kitchen, HealthService(board)])
    let reflection = Reflection(of: router, schema: KitchenV1.fileDescriptors)
    switch telling {
    case .byBothVersions: return router.adding(services: reflection.services)
    case .byTheOldVersionOnly:
      return router.adding(
        services: reflection.services.filter { type(of: $0).serviceName.contains("v1alpha") })
    case .notAtAll: return router
    }
  }
}

/// Answers calls of the four kinds, and remembers their metadata.
final class TestKitchen: KitchenV1.Kitchen {
  private let seen = Mutex<[Metadata]>([])
  private let cancelled = Mutex(0)

  /// The metadata of each call, in order.
  var metadata: [Metadata] { seen.withLock { $0 } }
  /// Calls whose client gave them up.
  var cancelledCount: Int { cancelled.withLock { $0 } }

  /// The name comes back as the label; a size from 1 to 16 is the status to fail with.
  func cook(_ request: KitchenV1.Leaf, call: ServerCall) async throws -> KitchenV1.Tree {
    seen.withLock { $0.append(call.requestMetadata) }
    guard request.size == 0 else {
      var status = GoogleRPC.Status()
      status.code = request.size
      status.message = "as asked"
      status.details = [try GoogleProtobuf.Any_(packing: request)]
      throw RPCError(
        StatusCode(rawValue: Int(request.size)), "as asked",
        details: try status.serializedBytes())
    }
    return .with { $0.label = request.name }
  }

  /// All names, joined.
  func cookAll(
    _ requests: RequestStream<KitchenV1.Leaf>, call: ServerCall
  ) async throws -> KitchenV1.Tree {
    var names: [String] = []
    for try await request in requests { names.append(request.name) }
    return .with { $0.label = names.joined(separator: "+") }
  }

  /// So many trees as the size says; none for a size below zero, and no end until the client goes.
  func watch(
    _ request: KitchenV1.Leaf, responses: ResponseStream<KitchenV1.Tree>, call: ServerCall
  ) async throws {
    for number in 0..<max(0, request.size) {
      try await responses.write(.with { $0.label = "\(request.name)\(number)" })
    }
    guard request.size < 0 else { return }
    do {
      try await Task.sleep(for: .seconds(60))
    } catch {
      cancelled.withLock { $0 += 1 }
      throw error
    }
  }

  /// Each comes back at once; after one of the name `stop` the server ends the call.
  func talk(
    _ requests: RequestStream<KitchenV1.Leaf>, responses: ResponseStream<KitchenV1.Tree>,
    call: ServerCall
  ) async throws {
    for try await request in requests {
      if request.name == "stop" { throw RPCError(.outOfRange, "enough") }
      try await responses.write(.with { $0.label = request.name })
    }
  }
}
