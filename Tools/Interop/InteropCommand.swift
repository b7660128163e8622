import ArgumentParser
import Foundation
import Logging
import RPCCore
import RPCServices
import RPCTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// `pasarela-interop`: what other gRPC implementations are tested and measured against.
@main
struct InteropCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela-interop",
    abstract: "Serves and calls what interoperability and load tests are about.",
    subcommands: [ServerCommand.self, ClientCommand.self, LoadCommand.self])
}

/// `pasarela-interop server`.
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Serves grpc.testing.TestService and anchor.v1.Echo until SIGTERM.")

  @Option(help: "HOST:PORT or unix:PATH; port 0 picks a free one.")
  var listen: [ListenAddress] = []

  @Option(help: "The server's certificate, PEM; without it the server speaks plaintext.")
  var tlsCert: String?

  @Option(help: "The private key of the certificate, PEM.")
  var tlsKey: String?

  @Option(help: "The authorities that clients' certificates must come from, PEM.")
  var clientCa: String?

  @Option(help: "Event loops, one thread each; 0 for one per core.")
  var loops = 0

  func validate() throws {
    guard !listen.isEmpty else { throw ValidationError("give --listen HOST:PORT") }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together")
    }
    guard clientCa == nil || tlsCert != nil else {
      throw ValidationError("--client-ca needs --tls-cert and --tls-key")
    }
  }

  func run() async throws {
    ThreadCaches.widen()
    var configuration = HTTP2Server.Configuration(listen: listen.map(\.endpoint))
    if let tlsCert, let tlsKey {
      configuration.tls = TLSConfiguration(
        certificatePath: tlsCert, privateKeyPath: tlsKey, clientCAPath: clientCa)
    }
    configuration.eventLoopCount = loops
    // Load comes from one address here, thousands of connections at once.
    configuration.limits.connectionCountMaxPerAddress = configuration.limits.connectionCountMax
    configuration.onListening = {
      FileHandle.standardOutput.write(Data("listening on \($0)\n".utf8))
    }
    let health = HealthBoard(
      serving: [EchoService.serviceName, TestService.serviceName])
    let server = HTTP2Server(
      configuration: configuration,
      router: Self.router(health: health, directory: configuration.directory))
    let group = ServiceGroup(
      services: [InteropServer(server: server, health: health)],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "pasarela-interop"))
    try await group.run()
  }
}

extension ServerCommand {
  /// Everything that other implementations' tools may want to call.
  fileprivate static func router(health: HealthBoard, directory: ServerDirectory) -> Router {
    let services: [any RPCService] = [
      EchoService(), TestService(serverID: ProcessInfo.processInfo.hostName),
      HealthService(health),
      ChannelzService(directory) { Int64(Date.now.timeIntervalSince1970 * 1_000_000) },
    ]
    let router = Router(services: services)
    let reflection = Reflection(
      of: router, schema: GrpcTesting.fileDescriptors + AnchorV1.fileDescriptors)
    return router.adding(services: reflection.services)
  }
}

/// The server as a service whose end the signals ask for.
private struct InteropServer: Service {
  let server: HTTP2Server
  let health: HealthBoard

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await server.run()
    } onGracefulShutdown: {
      health.shutdown()
      health.endWatches()
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
