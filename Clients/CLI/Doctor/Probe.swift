import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import RPCTransportHTTP2
import Synchronization

/// A connection that is made to see what stands behind an address, and closed again.
struct Probe: Sendable {
  /// A literal address and a port, or a socket.
  let endpoint: Endpoint
  /// How long all of it may take.
  let limit: Duration

  /// Why there is no answer.
  enum Failure: Error, CustomStringConvertible {
    case silent, closed

    var description: String {
      switch self {
      case .silent: "no answer in time"
      case .closed: "the connection was closed"
      }
    }
  }

  /// Connects, and does nothing with it.
  ///
  /// - Returns: how long that took
  func connect() async throws -> Duration {
    let start = ContinuousClock.now
    let channel = try await opened(on: Self.loop) { _ in }
    let time = start.duration(to: .now)
    try? await channel.close()
    return time
  }

  /// Whether the other end answers in HTTP/2 without TLS: to a client's preface, by a SETTINGS frame
  /// (RFC 9113, section 3.4).
  func speaksHTTP2() async -> Bool {
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let settings: UInt8 = 4
    let loop = Self.loop
    let answer = loop.makePromise(of: [UInt8].self)
    let head = try? await watched(answer, on: loop) { channel in
      try channel.pipeline.syncOperations.addHandler(FirstBytes(count: 9, answer, sending: preface))
    }
    return head?[3] == settings
  }

  /// What a handshake has agreed on.
  struct Handshake: Sendable {
    /// The server's certificate, then those it sends with it.
    var chain: [NIOSSLCertificate]
    /// The protocol chosen by ALPN, if any.
    var application: String?
    var version: TLSVersion?
  }

  /// Makes a TLS handshake.
  ///
  /// - Parameters:
  ///   - name: what the server is asked for by name, and must be called; nil for a literal address
  ///   - isChecked: whether the certificate must be good by the configuration; else any is
  /// - Throws: `Failure`, and what NIOSSL throws
  func handshake(
    _ configuration: NIOSSL.TLSConfiguration, name: String?, isChecked: Bool
  ) async throws -> Handshake {
    let context = try NIOSSLContext(configuration: configuration)
    let loop = Self.loop
    let done = loop.makePromise(of: Handshake.self)
    return try await watched(done, on: loop) { channel in
      let seen = SeenChain()
      let tls =
        isChecked
        ? try NIOSSLClientHandler(context: context, serverHostname: name)
        : try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verdict in
          seen.set(chain)
          verdict.succeed(.certificateVerified)
        }
      try channel.pipeline.syncOperations.addHandlers([tls, HandshakeEnd(seen, tls, done)])
    }
  }

  private static var loop: any EventLoop { MultiThreadedEventLoopGroup.singleton.any() }

  /// Opens a connection and waits for what its handlers promise.
  private func watched<Value: Sendable>(
    _ promise: EventLoopPromise<Value>, on loop: any EventLoop,
    _ prepare: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> Value {
    let end = loop.scheduleTask(in: TimeAmount(limit)) { promise.fail(Failure.silent) }
    defer { end.cancel() }
    do {
      let channel = try await opened(on: loop, prepare)
      let result: Result<Value, any Error>
      do { result = .success(try await promise.futureResult.get()) } catch {
        result = .failure(error)
      }
      try? await channel.close()
      return try result.get()
    } catch {
      promise.fail(error)
      throw error
    }
  }

  private func opened(
    on loop: any EventLoop, _ prepare: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> any Channel {
    let bootstrap = ClientBootstrap(group: loop).connectTimeout(TimeAmount(limit))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try prepare(channel) }
      }
    return switch endpoint {
    case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
    case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
    }
  }
}

/// The certificates that a server has shown.
private final class SeenChain: Sendable {
  private let stored = Mutex<[NIOSSLCertificate]>([])

  var chain: [NIOSSLCertificate] { stored.withLock { $0 } }

  func set(_ chain: [NIOSSLCertificate]) { stored.withLock { $0 = chain } }
}

/// Keeps its promise when a handshake ends, either way.
private final class HandshakeEnd: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let seen: SeenChain
  private let tls: NIOSSLClientHandler
  private let done: EventLoopPromise<Probe.Handshake>

  init(_ seen: SeenChain, _ tls: NIOSSLClientHandler, _ done: EventLoopPromise<Probe.Handshake>) {
    (self.seen, self.tls, self.done) = (seen, tls, done)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let application) = event as? TLSUserEvent else { return }
    done.succeed(
      Probe.Handshake(chain: seen.chain, application: application, version: tls.tlsVersion))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }

  func channelInactive(context: ChannelHandlerContext) { done.fail(Probe.Failure.closed) }
}

/// Sends something, and keeps its promise with the first bytes that come back.
private final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let count: Int
  private let answer: EventLoopPromise<[UInt8]>
  private let question: [UInt8]
  private var bytes: [UInt8] = []

  init(count: Int, _ answer: EventLoopPromise<[UInt8]>, sending question: [UInt8]) {
    (self.count, self.answer, self.question) = (count, answer, question)
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: question)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytesView
    if bytes.count >= count { answer.succeed(Array(bytes.prefix(count))) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(Probe.Failure.closed) }
}
