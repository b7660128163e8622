/// How a server proves who it is, and whether its clients must.
///
/// Always TLS 1.2 or newer with ALPN `h2`. All files are PEM.
public struct TLSConfiguration: Sendable, Hashable {
  /// The server's certificate, followed by its intermediates.
  public var certificatePath: String
  /// The certificate's private key.
  public var privateKeyPath: String
  /// The authorities that sign client certificates. When set, a client without a certificate of
  /// theirs is not let in.
  public var clientCAPath: String?

  /// Nothing is read before the server starts.
  public init(certificatePath: String, privateKeyPath: String, clientCAPath: String? = nil) {
    self.certificatePath = certificatePath
    self.privateKeyPath = privateKeyPath
    self.clientCAPath = clientCAPath
  }
}

/// How a client checks the server, and how it proves who it is.
///
/// Always TLS 1.2 or newer with ALPN `h2`. All files are PEM.
public struct ClientTLSConfiguration: Sendable, Hashable {
  /// The authorities the server's certificate must come from; nil for those of the system.
  public var trustRootsPath: String?
  /// The client's own certificate with its intermediates, for servers that ask for one.
  public var certificatePath: String?
  /// The private key of the client's certificate.
  public var privateKeyPath: String?
  /// The name the server's certificate must carry; nil for the host of the target.
  public var serverName: String?

  /// Nothing is read before the first connection.
  public init(
    trustRootsPath: String? = nil, certificatePath: String? = nil, privateKeyPath: String? = nil,
    serverName: String? = nil
  ) {
    self.trustRootsPath = trustRootsPath
    self.certificatePath = certificatePath
    self.privateKeyPath = privateKeyPath
    self.serverName = serverName
  }
}
