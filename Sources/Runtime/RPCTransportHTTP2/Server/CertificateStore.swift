internal import NIOSSL
internal import Synchronization

/// The TLS context of new connections, which can be exchanged while old ones go on with theirs.
final class CertificateStore: Sendable {
  private let configuration: TLSConfiguration
  private let current: Mutex<NIOSSLContext>

  /// Reads the files.
  init(_ configuration: TLSConfiguration) throws {
    self.configuration = configuration
    current = Mutex(try NIOSSLContext(configuration: configuration.serverContext()))
  }

  /// What a connection that begins now uses.
  var context: NIOSSLContext { current.withLock { $0 } }

  /// Reads the files again; on a throw nothing has changed.
  func reload() throws {
    let fresh = try NIOSSLContext(configuration: configuration.serverContext())
    current.withLock { $0 = fresh }
  }
}
