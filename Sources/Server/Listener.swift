import Logging
import RPCServices
import RPCTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// The HTTP/2 server as a service of the process: it ends gracefully on SIGTERM and SIGINT.
struct Listener: Service {
  let server: HTTP2Server
  private let health: HealthBoard
  private let endStreams: @Sendable () -> Void
  private let logger: Logger

  /// - Parameter endStreams: ends the programme's calls that have no end of their own
  init(
    _ configuration: HTTP2Server.Configuration, _ operations: Operations,
    endStreams: @escaping @Sendable () -> Void
  ) {
    var configuration = configuration
    configuration.name = "pasarela-server"
    configuration.directory = operations.directory
    configuration.onListening = { Output.line("listening on \($0)") }
    server = HTTP2Server(configuration: configuration, router: operations.router)
    health = operations.health
    self.endStreams = endStreams
    logger = configuration.logger
  }

  /// Serves until a signal has ended it, with others beside it: of those a signal ends `inner` before
  /// it, and `outer` when its last call is over.
  ///
  /// - Throws: `StartupFailure` when it cannot listen
  func serve(inner: [any Service], outer: [any Service]) async throws {
    let listener = ServiceGroupConfiguration.ServiceConfiguration(
      service: self, successTerminationBehavior: .gracefullyShutdownGroup)
    let group = ServiceGroup(
      configuration: .init(
        services: outer.map { .init(service: $0, successTerminationBehavior: .ignore) }
          + [listener]
          + inner.map { .init(service: $0, successTerminationBehavior: .ignore) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }

  func run() async throws {
    do {
      try await withGracefulShutdownHandler {
        try await server.run()
      } onGracefulShutdown: {
        // Told before the connections are: who watches health looks for another server first.
        health.shutdown()
        health.endWatches()
        // Before the GOAWAY: who watches hears why, and not only that the connection goes away.
        endStreams()
        server.shutdownGracefully()
      }
    } catch {
      throw StartupFailure(
        "cannot listen: \(error); check the address, that no other program has it, "
          + "and that the TLS files are PEM and belong together")
    }
  }
}
