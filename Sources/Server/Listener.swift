import Logging
import RPCCore
import RPCTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// The HTTP/2 server as a service of the process: it ends gracefully on SIGTERM and SIGINT.
struct Listener: Service {
  private let server: HTTP2Server
  private let logger: Logger

  init(
    endpoints: [Endpoint], tls: TLSConfiguration?, grace: Duration, router: Router, logger: Logger
  ) {
    var configuration = HTTP2Server.Configuration(listen: endpoints, tls: tls)
    configuration.shutdownGrace = grace
    configuration.logger = logger
    configuration.onListening = { Output.line("listening on \($0)") }
    server = HTTP2Server(configuration: configuration, router: router)
    self.logger = logger
  }

  /// Serves until a signal has ended it, with others beside it that a signal ends first.
  ///
  /// - Throws: `StartupFailure` when it cannot listen
  func serve(beside others: [any Service]) async throws {
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)
        ] + others.map { .init(service: $0, successTerminationBehavior: .ignore) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }

  func run() async throws {
    do {
      try await withGracefulShutdownHandler {
        try await server.run()
      } onGracefulShutdown: {
        server.shutdownGracefully()
      }
    } catch {
      throw StartupFailure(
        "cannot listen: \(error); check the address, that no other program has it, "
          + "and that the TLS files are PEM and belong together")
    }
  }
}
