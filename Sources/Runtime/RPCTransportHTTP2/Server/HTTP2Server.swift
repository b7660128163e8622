public import HTTP2
public import Logging
public import RPCCore

/// A gRPC server on HTTP/2.
///
/// ```swift
/// var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
/// configuration.onListening = { print("listening on \($0)") }
/// let server = HTTP2Server(configuration: configuration, router: router)
/// try await server.run()
/// ```
public final class HTTP2Server: Sendable {
  /// What a server needs to know before it starts.
  public struct Configuration: Sendable {
    /// Where to listen, one or several.
    public var listen: [Endpoint]
    /// Nil for plaintext.
    public var tls: TLSConfiguration?
    /// Event loops, one thread each; 0 for one per core.
    public var eventLoopCount = 0
    /// The largest request message accepted, in bytes.
    public var maxRequestBytes = 4 << 20
    /// Ceilings for what peers may do.
    public var limits = HTTP2Limits()
    /// How long calls may go on after `shutdownGracefully`; what still runs then is cancelled.
    public var shutdownGrace: Duration = .seconds(30)
    /// Called once for each listener when it accepts calls, with the port that was really bound.
    public var onListening: @Sendable (Endpoint) -> Void = { _ in }
    /// Where connection errors go; never the content of calls.
    public var logger = Logger(label: "pasarela.server")

    /// Everything but the addresses has a default.
    public init(listen: [Endpoint], tls: TLSConfiguration? = nil) {
      self.listen = listen
      self.tls = tls
    }
  }

  let configuration: Configuration
  let router: Router

  /// A server that is not listening yet.
  public init(configuration: Configuration, router: Router) {
    self.configuration = configuration
    self.router = router
  }

  /// Listens and serves until `shutdownGracefully` has finished or the task is cancelled.
  ///
  /// - Throws: when an address cannot be bound or a TLS file cannot be read.
  public func run() async throws {
    throw RPCError(.unimplemented, "under construction")
  }

  /// Takes no new connections and calls, lets running calls finish within the grace, then ends `run`.
  ///
  /// May be called from anywhere, more than once, also before `run`.
  public func shutdownGracefully() {
  }
}
