internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import RPCCore

/// Makes connections to one target.
struct ClientConnector: Sendable {
  let target: Endpoint
  let tls: ClientTLSConfiguration?

  /// What every request to the target says alike.
  func requestHead(
    _ configuration: HTTP2Channel.Configuration
  ) -> ClientConnection.RequestHead {
    let authority =
      switch target {
      case .tcp: target.description
      case .unix: "localhost"  // Q7
      }
    return ClientConnection.RequestHead(
      scheme: tls == nil ? "http" : "https", authority: configuration.authority ?? authority,
      userAgent: HTTP2Channel.userAgent)
  }

  /// Connects; the connection tells its owner when it is usable. The future fails when it never
  /// will be.
  func connect(
    _ connection: ClientConnection, on eventLoop: any EventLoop,
    _ configuration: HTTP2Channel.Configuration
  ) -> EventLoopFuture<Void> {
    let context: NIOSSLContext?
    do {
      context = try tls.map { try NIOSSLContext(configuration: $0.clientContext()) }
    } catch {
      return eventLoop.makeFailedFuture(error)
    }
    let timeout = TimeAmount(configuration.connectTimeout)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(timeout)
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try prepare(channel, for: connection, context, configuration)
        }
      }
    let connected =
      switch target {
      case .tcp(let host, let port):
        bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: host, port: port)
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    return connected.map { channel in
      // The TCP handshake is only the first half of being connected.
      let limit = channel.eventLoop.scheduleTask(in: timeout) {
        if !connection.isUsable { channel.close(promise: nil) }
      }
      channel.closeFuture.whenComplete { _ in limit.cancel() }
    }
  }

  private func prepare(
    _ channel: any Channel, for connection: ClientConnection, _ context: NIOSSLContext?,
    _ configuration: HTTP2Channel.Configuration
  ) throws {
    let handler = SessionHandler(
      session: try HTTP2Session(role: .client, limits: configuration.limits),
      executor: LoopExecutor(eventLoop: channel.eventLoop), user: connection,
      expectsTLS: context != nil)
    if let context {
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: serverName))
    }
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  /// The name for SNI and for the certificate; nil for a literal address, whose certificate is
  /// compared with the address itself (RFC 6066 § 3 forbids literals in SNI).
  private var serverName: String? {
    if let name = tls?.serverName { return name }
    guard case .tcp(let host, _) = target else { return nil }
    let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return isLiteral ? nil : host
  }
}
