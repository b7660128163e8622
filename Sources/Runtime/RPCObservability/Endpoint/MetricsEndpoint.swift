internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Serves a registry's text over HTTP/1.1 at `/metrics`, on a port and a thread of its own.
///
/// What it costs is bounded by its configuration: connections, bytes of a request, time. It has no
/// authentication and no TLS, so it listens on loopback unless told otherwise.
///
/// ```swift
/// let endpoint = MetricsEndpoint(registry: registry)
/// try await endpoint.run()
/// ```
public final class MetricsEndpoint: Sendable {
  /// Where it listens, and its limits.
  public struct Configuration: Sendable {
    /// A name or literal address.
    public var host = "127.0.0.1"
    /// 0 picks a free one.
    public var port = 0
    /// Connections at once; one more is closed at once.
    public var connectionCountMax = 8
    /// Bytes of one request, with its head and whatever follows it.
    public var requestByteCountMax = 8192
    /// From the beginning of a connection, or the end of an answer, to the end of the next answer.
    public var exchangeTimeout: Duration = .seconds(10)
    /// Called once, when it accepts connections, with the port that was really bound.
    public var onListening: @Sendable (_ host: String, _ port: Int) -> Void = { _, _ in }

    /// Everything has a default.
    public init() {}
  }

  private let configuration: Configuration
  private let registry: PrometheusRegistry
  private let connections: ConnectionPlaces
  private let (stop, stopSignal) = AsyncStream.makeStream(of: Void.self)

  /// An endpoint that is not listening yet.
  public init(registry: PrometheusRegistry, configuration: Configuration = Configuration()) {
    self.registry = registry
    self.configuration = configuration
    connections = ConnectionPlaces(countMax: configuration.connectionCountMax)
  }

  /// Listens and serves until `shutdown` or the end of the task. Run it once.
  ///
  /// - Throws: when the address cannot be bound
  @concurrent
  public func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let listener = try await bootstrap(on: group)
        .bind(host: configuration.host, port: configuration.port).get()
      configuration.onListening(configuration.host, listener.localAddress?.port ?? 0)
      // Ends by the signal, and by itself when the task is cancelled.
      for await _ in stop { break }
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    // Closes the listener and every connection.
    try await group.shutdownGracefully()
  }

  /// Ends `run`; what is being answered is cut off. From anywhere, more than once, also before `run`.
  public func shutdown() { stopSignal.finish() }

  private func bootstrap(on group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 16)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [configuration, registry, connections] channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.take() else { throw ChannelError.connectTimeout(.zero) }
          channel.closeFuture.whenComplete { _ in connections.giveBack() }
          let exchange = ExchangeLimit(
            byteCountMax: configuration.requestByteCountMax,
            timeout: TimeAmount(configuration.exchangeTimeout))
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(exchange)
          try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: true)
          try pipeline.addHandler(MetricsAnswers(registry: registry, exchange: exchange))
        }
      }
  }
}

/// How many connections there are; each has a place or is closed.
private final class ConnectionPlaces: Sendable {
  private let countMax: Int
  private let count = Atomic(0)

  init(countMax: Int) {
    self.countMax = countMax
  }

  /// False when there is no place.
  func take() -> Bool {
    if count.wrappingAdd(1, ordering: .relaxed).newValue <= countMax { return true }
    giveBack()
    return false
  }

  func giveBack() { count.wrappingSubtract(1, ordering: .relaxed) }
}
