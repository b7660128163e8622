import Foundation
import KitchenSink
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Testing

@testable import RPCServices

/// grpcio's own health, reflection and channelz stubs, and `buf curl`, against a server that listens.
@Suite("Stock tools", .timeLimit(.minutes(3)))
struct StockToolTests {
  struct Kitchen: KitchenV1.Kitchen {
    func cook(_ request: KitchenV1.Leaf, call: ServerCall) async throws -> KitchenV1.Tree {
      .with { $0.label = request.name }
    }
  }

  /// Lets the script write on the board: `yes` and `no` for a.B, `end` for the end of watches. `count` answers
  /// how many watch.
  struct Board: RPCService {
    static let serviceName = "test.Board"
    let board: HealthBoard

    func methods() -> [MethodHandler] {
      let set = MethodDescriptor(service: Self.serviceName, method: "Set", kind: .unary)
      return [
        MethodHandler(
          set,
          .unary { request, _ in
            switch String(decoding: request, as: UTF8.self) {
            case "yes": board.set("a.B", .serving)
            case "no": board.set("a.B", .notServing)
            case "end": board.endWatches()
            case "count": return Array(String(board.watcherCount).utf8)
            default: throw RPCError(.invalidArgument, "unknown word")
            }
            return []
          })
      ]
    }
  }

  @Test("they find all they ask for")
  func tools() async throws {
    let board = HealthBoard()
    let buf = try PythonScript.program("buf")
    let directory = ServerDirectory()
    let said = try await Self.serve(Self.router(board, directory), directory) { address in
      try await PythonScript.run("stock_services.py", [address.description, buf])
    }
    #expect(said == "all held\n")
  }

  private static func router(_ board: HealthBoard, _ directory: ServerDirectory) -> Router {
    let router = Router(services: [
      Kitchen(), HealthService(board),
      ChannelzService(directory) { Int64(Date().timeIntervalSince1970 * 1_000_000) },
    ])
    let reflection = Reflection(
      of: router, schema: KitchenV1.fileDescriptors + LegacyV1.fileDescriptors)
    // The board's service has no schema, so it is not to be told of.
    return router.adding(services: reflection.services + [Board(board: board)])
  }

  /// Runs `body` with the address of a server on a free port of loopback; then stops it.
  private static func serve(
    _ router: Router, _ directory: ServerDirectory,
    _ body: @Sendable (Endpoint) async throws -> String
  ) async throws -> String {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.eventLoopCount = 2
    configuration.name = "office"
    configuration.directory = directory
    configuration.shutdownGrace = .seconds(5)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: router)
    return try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      for await address in bound.stream {
        let said = try await body(address)
        server.shutdownGracefully()
        try await group.waitForAll()
        return said
      }
      throw CancellationError()
    }
  }
}
