import RPCCore
import RPCTransportHTTP2

/// A server on a free loopback port, for the length of a closure.
enum Loopback {
  /// Runs `body` with the server's address; then stops the server gracefully.
  static func serve<Result: Sendable>(
    _ router: Router, _ body: @Sendable (Endpoint) async throws -> Result
  ) async throws -> Result {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.shutdownGrace = .seconds(5)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: router)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      for await endpoint in bound.stream {
        let result = try await body(endpoint)
        server.shutdownGracefully()
        try await group.waitForAll()
        return result
      }
      throw CancellationError()
    }
  }
}
