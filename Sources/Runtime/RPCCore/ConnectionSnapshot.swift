/// An open connection as lists show it.
public struct ConnectionReference: Sendable, Hashable {
  /// Its number.
  public var id: IntrospectionID
  /// A name for people, such as the peer's address as text; may be empty.
  public var name: String

  /// Both parts are given.
  public init(id: IntrospectionID, name: String = "") {
    self.id = id
    self.name = name
  }
}

/// A connection at one moment. What a transport does not count stays nil or zero.
public struct ConnectionSnapshot: Sendable, Hashable {
  /// A name for people, such as the peer's address as text; may be empty.
  public var name: String
  /// Our end.
  public var local: NetworkAddress
  /// The peer's end.
  public var remote: NetworkAddress
  /// Nil for a connection in the clear.
  public var tls: TLSSnapshot?
  /// The streams that the peer opened; a success is one whose end we sent, whatever its status.
  public var streams = StartCounts()
  /// gRPC messages that left.
  public var sent = MessageCounts()
  /// gRPC messages that came in whole.
  public var received = MessageCounts()
  /// PINGs sent to learn whether the peer is still there.
  public var keepalivesSentCount = 0
  /// Bytes that the peer still takes over all streams (flow control of the connection); may be negative.
  public var sendWindowByteCount: Int?
  /// Bytes that we still take over all streams.
  public var receiveWindowByteCount: Int?

  /// A connection that has counted nothing yet.
  public init(
    name: String = "", local: NetworkAddress, remote: NetworkAddress, tls: TLSSnapshot? = nil
  ) {
    self.name = name
    self.local = local
    self.remote = remote
    self.tls = tls
  }
}

/// Messages in one direction.
public struct MessageCounts: Sendable, Hashable {
  /// How many.
  public var count: Int
  /// When the last was done; nil before the first.
  public var lastAt: ContinuousClock.Instant?

  /// Without arguments: none yet.
  public init(count: Int = 0, lastAt: ContinuousClock.Instant? = nil) {
    self.count = count
    self.lastAt = lastAt
  }
}

/// How a connection is encrypted. Certificates are left out on purpose: they name people and offices.
public struct TLSSnapshot: Sendable, Hashable {
  /// The version negotiated, "TLSv1.3".
  public var version: String
  /// The cipher suite's name in the register of IANA, "TLS_AES_128_GCM_SHA256"; nil where the library does
  /// not tell.
  public var cipherSuite: String?

  /// Both parts are as the TLS library tells.
  public init(version: String, cipherSuite: String? = nil) {
    self.version = version
    self.cipherSuite = cipherSuite
  }
}
