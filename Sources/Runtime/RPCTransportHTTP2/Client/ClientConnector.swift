internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import RPCCore

/// Makes connections to the addresses of one target.
struct ClientConnector: Sendable {
  let target: ChannelTarget
  let tls: ClientTLSConfiguration?

  /// What every request to the target says alike.
  func requestHeads(_ configuration: HTTP2Channel.Configuration) -> RequestHeads {
    RequestHeads(
      scheme: tls == nil ? "http" : "https", authority: configuration.authority ?? target.authority,
      userAgent: HTTP2Channel.userAgent)
  }

  /// Whether what is sent is nobody else's to read, wherever a resolver says that it goes.
  func isPrivate(_ configuration: HTTP2Channel.Configuration) -> Bool {
    if case .unix = target, configuration.resolver == nil { return true }
    return tls != nil
  }

  /// Connects; the connection tells its owner when it is usable. The future fails when it never
  /// will be. Certificates are read anew for each connection, so that a renewed one is used at once.
  func connect(
    _ connection: ClientConnection, to address: Endpoint, _ channel: ChannelCore
  ) -> EventLoopFuture<Void> {
    let eventLoop = channel.eventLoop
    let context: NIOSSLContext?
    do {
      context = try tls.map { try NIOSSLContext(configuration: $0.clientContext()) }
    } catch {
      return eventLoop.makeFailedFuture(error)
    }
    let timeout = TimeAmount(channel.configuration.connectTimeout)
    // The TCP handshake is only the first part of being connected; the server's SETTINGS are the last.
    let end = NIODeadline.now() + timeout
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(timeout)
      .channelInitializer { socket in
        socket.eventLoop.makeCompletedFuture {
          try prepare(socket, for: connection, context, channel)
        }
      }
    let connected =
      switch address {
      case .tcp(let host, let port):
        bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: host, port: port)
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    return connected.map { socket in
      connection.isConnected = true
      let limit = socket.eventLoop.scheduleTask(deadline: end) {
        if !connection.isUsable {
          connection.abandon(reason: "no HTTP/2 within \(channel.configuration.connectTimeout)")
          socket.close(promise: nil)
        }
      }
      socket.closeFuture.whenComplete { _ in limit.cancel() }
    }
  }

  private func prepare(
    _ socket: any Channel, for connection: ClientConnection, _ context: NIOSSLContext?,
    _ channel: ChannelCore
  ) throws {
    let handler = SessionHandler(
      session: try HTTP2Session(role: .client, limits: channel.configuration.limits),
      executor: channel.executor, user: connection, expectsTLS: context != nil)
    if let context {
      try socket.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: tls?.serverName ?? target.hostName))
    }
    try socket.pipeline.syncOperations.addHandler(handler)
  }
}
