/// Who is at the other end of the connection, as far as the transport can prove it.
public struct PeerIdentity: Sendable, Hashable {
  /// The peer's address as text, "127.0.0.1:50312", "[::1]:50312" or "unix:".
  public var address: String
  /// Whether the connection is encrypted.
  public var secure: Bool
  /// The URI subject alternative names of a *verified* client certificate, in its order.
  ///
  /// Empty without a client certificate: an entry here is proof, not a claim.
  public var uris: [String]
  /// The common name of a verified client certificate, for logs; not an identity to authorise by.
  public var commonName: String?

  /// Every part is as the transport found it.
  public init(
    address: String, secure: Bool = false, uris: [String] = [], commonName: String? = nil
  ) {
    self.address = address
    self.secure = secure
    self.uris = uris
    self.commonName = commonName
  }
}
