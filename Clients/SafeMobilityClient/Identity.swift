public import RPCTransportHTTP2

extension SafeMobilityClient {
  /// Who calls, and how the connection is made safe.
  public enum Identity: Sendable, Hashable {
    /// TLS; the client's certificate says which partner and role is calling. What ministries use.
    case certificate(ClientTLSConfiguration)
    /// Plaintext; the caller says itself who it is. Only servers started with `--insecure` believe it.
    case development(DevelopmentIdentity)
    /// Nobody in particular: enough for methods that the contract marks `anonymous`.
    ///
    /// - Parameter tls: how to check the server; nil for plaintext
    case anonymous(tls: ClientTLSConfiguration?)

    /// How the connection is made safe; nil for plaintext.
    var tls: ClientTLSConfiguration? {
      switch self {
      case .certificate(let tls): tls
      case .anonymous(let tls): tls
      case .development: nil
      }
    }

    /// What is said about the caller in metadata.
    var development: DevelopmentIdentity? {
      if case .development(let identity) = self { identity } else { nil }
    }
  }

  /// Why a client cannot be made of what was given.
  public enum SetupError: Error, Sendable, Hashable {
    /// The text is none of the forms of ``RPCTransportHTTP2/ChannelTarget``.
    case target(String)
    /// The end user's name is not printable ASCII, and cannot travel as metadata.
    case endUser
  }
}

extension SafeMobilityClient.SetupError: CustomStringConvertible {
  /// What is wrong, for whoever configures the client.
  public var description: String {
    switch self {
    case .target(let text): "'\(text)' is no target: give HOST:PORT, dns:///HOST:PORT or unix:PATH"
    case .endUser: "the end user's name must be printable ASCII: it travels as metadata"
    }
  }
}
