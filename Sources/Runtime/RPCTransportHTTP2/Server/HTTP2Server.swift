internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import RPCCore
internal import Synchronization

/// A gRPC server on HTTP/2.
///
/// ```swift
/// var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
/// configuration.onListening = { print("listening on \($0)") }
/// let server = HTTP2Server(configuration: configuration, router: router)
/// try await server.run()
/// ```
public final class HTTP2Server: Sendable {
  let configuration: Configuration
  let router: Router
  private let stop = StopSignal()
  private let certificates = Mutex<CertificateStore?>(nil)

  /// A server that is not listening yet.
  public init(configuration: Configuration, router: Router) {
    self.configuration = configuration
    self.router = router
  }

  /// Listens and serves until `shutdownGracefully` has finished or the task is cancelled.
  ///
  /// Cancelling the task is the same as `shutdownGracefully`. Run it once.
  ///
  /// - Throws: when an address cannot be bound or a TLS file cannot be read.
  @concurrent
  public func run() async throws {
    let count = configuration.eventLoopCount
    let group = MultiThreadedEventLoopGroup(
      numberOfThreads: count > 0 ? count : System.coreCount)
    let executors = group.makeIterator().map { LoopExecutor(eventLoop: $0) }
    let accounts = ServerAccounts(configuration)
    let registry = ConnectionRegistry(
      limits: configuration.limits, everybody: accounts.everybody)
    do {
      try await serve(
        on: group, executors: executors, registry: registry, accounts: accounts)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }

  /// Takes no new connections and calls, lets running calls finish within the grace, then ends `run`.
  ///
  /// May be called from anywhere, more than once, also before `run`.
  public func shutdownGracefully() { stop.send() }

  /// Reads the TLS files again; connections made from now on use what they hold.
  ///
  /// Running connections and calls go on undisturbed. May be called from anywhere; it reads files, so not
  /// from an event loop. Without TLS, or before `run`, it does nothing.
  ///
  /// - Throws: when a file cannot be read or the files do not belong together; then nothing has changed.
  public func reloadCertificates() throws {
    try certificates.withLock { $0 }?.reload()
  }

  private func serve(
    on group: MultiThreadedEventLoopGroup, executors: [LoopExecutor], registry: ConnectionRegistry,
    accounts: ServerAccounts
  ) async throws {
    let tls = try configuration.tls.map { try CertificateStore($0) }
    certificates.withLock { $0 = tls }
    var listeners: [any Channel] = []
    do {
      for endpoint in configuration.listen {
        let channel = try await bind(
          endpoint, on: group, executors: executors, registry: registry, accounts: accounts,
          tls: tls)
        listeners.append(channel)
      }
    } catch {
      for listener in listeners { try? await listener.close() }
      throw error
    }
    let introspector = ServerIntrospector(
      name: configuration.name, executors: executors, registry: registry,
      listeners: listeners.map {
        ListenerSnapshot(
          id: configuration.directory.makeID(), address: NetworkAddress($0.localAddress))
      })
    let entry = configuration.directory.add(introspector)
    defer { configuration.directory.remove(entry) }
    for (endpoint, channel) in zip(configuration.listen, listeners) {
      configuration.onListening(endpoint.bound(to: channel.localAddress))
    }
    await withTaskCancellationHandler {
      await stop.wait()
    } onCancel: {
      stop.send()
    }
    for listener in listeners { try? await listener.close() }
    let end = ContinuousClock.now + configuration.shutdownGrace
    await registry.drain(grace: configuration.shutdownGrace)
    await accounts.waitForHandlers(until: end + Self.handlerEndTime)
  }

  /// What handlers get to end in after the last connection has gone.
  private static let handlerEndTime = Duration.seconds(1)

  private func bind(
    _ endpoint: Endpoint, on group: MultiThreadedEventLoopGroup, executors: [LoopExecutor],
    registry: ConnectionRegistry, accounts: ServerAccounts, tls: CertificateStore?
  ) async throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Two reads, then the other connections: a stream that is always full held them up for four. With
      // one, the first calls of a connection, whose buffer is small yet, would be answered in many writes.
      .childChannelOption(.maxMessagesPerRead, value: 2)
      // The first reads are small, so that a connection which says nothing more stays so.
      .childChannelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 256, maximum: 65_536)
      )
      .childChannelInitializer { [router] channel in
        channel.eventLoop.makeCompletedFuture {
          guard let executor = executors.first(where: { $0.eventLoop === channel.eventLoop }) else {
            throw ChannelError.eof
          }
          let connection = try ServerConnection(
            accounts: accounts, router: router, executor: executor, peer: PeerIdentity.init(of:))
          guard registry.add(connection, channel) else { throw ChannelError.eof }
          let handler = SessionHandler(
            session: connection.session, executor: executor, user: connection,
            expectsTLS: tls != nil)
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLServerHandler(context: tls.context))
          }
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
    switch endpoint {
    case .tcp(let host, let port):
      return
        try await bootstrap
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
        .bind(host: host, port: port).get()
    case .unix(let path):
      return try await bootstrap.bind(
        unixDomainSocketPath: path, cleanupExistingSocketFile: true
      ).get()
    }
  }
}

extension Endpoint {
  /// The same place with the port that the system picked.
  func bound(to address: SocketAddress?) -> Endpoint {
    guard case .tcp(let host, _) = self, let port = address?.port else { return self }
    return .tcp(host: host, port: port)
  }
}
