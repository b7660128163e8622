/// Somebody who is told what a server does: metrics, an access log.
///
/// Called by the transport on its event loops, so an observer must be quick and must not block.
public protocol ServerObserver: Sendable {
  /// A call's head was read. `method` is nil for one that nobody registered: its name is the client's
  /// own text and must not become a label or a log line (attack T19).
  func callStarted(_ method: MethodDescriptor?)

  /// A call has ended, whichever way; told once for each that started.
  func callEnded(_ record: ServerCallRecord)

  /// A connection is up, its handshake done.
  func connectionOpened(_ peer: PeerIdentity)

  /// A connection is gone. `reason` is our own text, never the peer's.
  func connectionClosed(_ peer: PeerIdentity, reason: String)
}

/// What there is to say of a call that has ended.
public struct ServerCallRecord: Sendable, Hashable {
  /// The method; nil for one that nobody registered.
  public var method: MethodDescriptor?
  /// How it ended: what the client was told, or CANCELLED when it was gone.
  public var code: StatusCode
  /// From the request's head to the end.
  public var duration: Duration
  /// Bytes of the request messages as they came, compressed where they were, prefixes not counted.
  public var receivedByteCount: Int
  /// Bytes of the response messages as they left, likewise.
  public var sentByteCount: Int

  /// Every part is as the transport counted it.
  public init(
    method: MethodDescriptor?, code: StatusCode, duration: Duration, receivedByteCount: Int,
    sentByteCount: Int
  ) {
    self.method = method
    self.code = code
    self.duration = duration
    self.receivedByteCount = receivedByteCount
    self.sentByteCount = sentByteCount
  }
}
