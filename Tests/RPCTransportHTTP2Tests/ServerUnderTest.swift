import RPCCore
import RPCTransportHTTP2
import Synchronization

/// A server on a free loopback port, for the length of a closure.
enum ServerUnderTest {
  /// Runs `body` with the server's address; then stops the server gracefully.
  static func with<Result: Sendable>(
    _ router: Router, on endpoint: Endpoint = .tcp(host: "127.0.0.1", port: 0),
    tls: TLSConfiguration? = nil,
    configure: (inout HTTP2Server.Configuration) -> Void = { _ in },
    _ body: @Sendable (Endpoint, HTTP2Server) async throws -> Result
  ) async throws -> Result {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [endpoint], tls: tls)
    configuration.eventLoopCount = 1
    configuration.shutdownGrace = .seconds(5)
    configure(&configuration)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: router)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      for await address in bound.stream {
        let result = try await body(address, server)
        server.shutdownGracefully()
        try await group.waitForAll()
        return result
      }
      throw CancellationError()
    }
  }
}
