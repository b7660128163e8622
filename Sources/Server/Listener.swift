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
    endpoints: [Endpoint], tls: TLSConfiguration?, grace: Duration, router: Router,
    observer: any ServerObserver, logger: Logger
  ) {
    var configuration = HTTP2Server.Configuration(listen: endpoints, tls: tls)
    configuration.shutdownGrace = grace
    configuration.logger = logger
    configuration.observer = observer
    configuration.onListening = { Output.line("listening on \($0)") }
    server = HTTP2Server(configuration: configuration, router: router)
    self.logger = logger
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
        server.shutdownGracefully()
      }
    } catch {
      throw StartupFailure(
        "cannot listen: \(error); check the address, that no other program has it, "
          + "and that the TLS files are PEM and belong together")
    }
  }
}
