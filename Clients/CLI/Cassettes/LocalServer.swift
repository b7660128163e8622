import ArgumentParser
import RPCCore
import RPCTransportHTTP2
import UnixSignals

/// Where a command listens: `HOST:PORT`, port 0 for a free one, or `unix:PATH`.
struct ListenAddress: ExpressibleByArgument {
  let endpoint: Endpoint

  init?(argument: String) {
    guard let endpoint = Endpoint(argument) else { return nil }
    self.endpoint = endpoint
  }
}

/// A server in plaintext for the length of a command.
enum LocalServer {
  /// The largest message that passes, either way; a cassette's entries may be twice as large.
  static let messageByteCountMax = 16 << 20

  /// Says `listening on HOST:PORT`, and serves until SIGINT or SIGTERM; calls that run then have a second.
  static func serve(
    _ router: Router, at address: ListenAddress, in surroundings: Surroundings
  ) async throws(CommandFailure) {
    // From before anybody knows the address: whoever stops the command at once stops it as cleanly.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    var configuration = HTTP2Server.Configuration(listen: [address.endpoint])
    configuration.limits.calls.messageByteCountMax = messageByteCountMax
    configuration.shutdownGrace = .seconds(1)
    configuration.onListening = { surroundings.write("listening on \($0)\n") }
    let server = HTTP2Server(configuration: configuration, router: router)
    let stopping = Task {
      for await _ in signals { return server.shutdownGracefully() }
    }
    defer { stopping.cancel() }
    do {
      try await server.run()
    } catch {
      throw CommandFailure(
        "cannot listen on \(address.endpoint): \(error); check that no other program has it")
    }
  }
}
