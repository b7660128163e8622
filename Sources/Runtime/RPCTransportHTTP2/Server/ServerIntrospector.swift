internal import Glibc
internal import HTTP2
internal import NIOCore
internal import NIOSSL
internal import RPCCore

/// Answers for a running server to those who look into it (channelz, gRFC A14).
///
/// Counters live on the event loops, without locks, so each answer goes there for them.
final class ServerIntrospector: ServerIntrospection {
  private let name: String
  private let executors: [LoopExecutor]
  private let registry: ConnectionRegistry
  private let listeners: [ListenerSnapshot]

  init(
    name: String, executors: [LoopExecutor], registry: ConnectionRegistry,
    listeners: [ListenerSnapshot]
  ) {
    self.name = name
    self.executors = executors
    self.registry = registry
    self.listeners = listeners
  }

  func serverSnapshot() async -> ServerSnapshot {
    var calls = StartCounts()
    for executor in executors {
      let counts = try? await executor.eventLoop.submit { executor.callCounts }.get()
      if let counts { calls.add(counts) }
    }
    return ServerSnapshot(name: name, calls: calls, listeners: listeners)
  }

  func connectionReferences(
    from first: IntrospectionID, countMax: Int
  ) async -> [ConnectionReference] {
    registry.references(from: first, countMax: countMax)
  }

  func connectionSnapshot(_ id: IntrospectionID) async -> ConnectionSnapshot? {
    guard let (connection, channel) = registry.connection(id) else { return nil }
    return try? await channel.eventLoop.submit { connection.snapshot(of: channel) }.get()
  }
}

extension ServerConnection {
  /// What there is to say of the connection now; called on its loop.
  func snapshot(of channel: any Channel) -> ConnectionSnapshot {
    var snapshot = ConnectionSnapshot(
      name: identity.address, local: NetworkAddress(channel.localAddress),
      remote: NetworkAddress(channel.remoteAddress), tls: TLSSnapshot(of: channel))
    snapshot.streams = counts.streams
    snapshot.sent = counts.sent
    snapshot.received = counts.received
    snapshot.keepalivesSentCount = counts.keepalivesSentCount
    snapshot.sendWindowByteCount = session.sendWindowByteCount
    snapshot.receiveWindowByteCount = session.receiveWindowByteCount
    return snapshot
  }
}

extension NetworkAddress {
  /// A socket's address in the form of the core.
  init(_ address: SocketAddress?) {
    if let address, let ip = address.ipAddress, let port = address.port {
      self = .ip(bytes: Self.bytes(ofIP: ip), port: port)
    } else {
      self = .unix(path: address?.pathname ?? "")
    }
  }

  /// The bytes of an address that the system wrote as text.
  private static func bytes(ofIP text: String) -> [UInt8] {
    let isV6 = text.contains(":")
    var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
    // SAFETY: the array has as many bytes as an address of the family.
    _ = unsafe inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes)
    return bytes
  }
}

extension TLSSnapshot {
  /// Nil for a connection in the clear.
  fileprivate init?(of channel: any Channel) {
    guard let tls = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    else { return nil }
    let version =
      switch tls.tlsVersion {
      case .tlsv13: "TLSv1.3"
      case .tlsv12: "TLSv1.2"
      default: "TLS"
      }
    self.init(version: version)
  }
}
