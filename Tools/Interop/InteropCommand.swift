import ArgumentParser
import Foundation
import Logging
import RPCCore
import RPCTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// `pasarela-interop`: what other gRPC implementations are tested and measured against.
@main
struct InteropCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela-interop",
    abstract: "Serves the methods that interoperability and load tests call.",
    subcommands: [ServerCommand.self])
}

/// `pasarela-interop server`.
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Serves anchor.v1.Echo until SIGTERM.")

  @Option(help: "HOST:PORT or unix:PATH; port 0 picks a free one.")
  var listen: [ListenAddress] = []

  @Option(help: "The server's certificate, PEM; without it the server speaks plaintext.")
  var tlsCert: String?

  @Option(help: "The private key of the certificate, PEM.")
  var tlsKey: String?

  @Option(help: "Event loops, one thread each; 0 for one per core.")
  var loops = 0

  func validate() throws {
    guard !listen.isEmpty else { throw ValidationError("give --listen HOST:PORT") }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together")
    }
  }

  func run() async throws {
    ThreadCaches.widen()
    var configuration = HTTP2Server.Configuration(listen: listen.map(\.endpoint))
    if let tlsCert, let tlsKey {
      configuration.tls = TLSConfiguration(certificatePath: tlsCert, privateKeyPath: tlsKey)
    }
    configuration.eventLoopCount = loops
    configuration.onListening = {
      FileHandle.standardOutput.write(Data("listening on \($0)\n".utf8))
    }
    let server = HTTP2Server(
      configuration: configuration, router: Router(services: [EchoService()]))
    let group = ServiceGroup(
      services: [InteropServer(server: server)], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "pasarela-interop"))
    try await group.run()
  }
}

/// The server as a service whose end the signals ask for.
private struct InteropServer: Service {
  let server: HTTP2Server

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await server.run()
    } onGracefulShutdown: {
      server.shutdownGracefully()
    }
  }
}

/// One address to listen on.
struct ListenAddress: ExpressibleByArgument {
  let endpoint: Endpoint

  init?(argument: String) {
    guard let endpoint = Endpoint(argument) else { return nil }
    self.endpoint = endpoint
  }
}
