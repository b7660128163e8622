/// What a handler throws to break its call off without a status, as a proxy does whose own call was broken off so.
///
/// Over HTTP/2 the stream is reset once what was written has left; over a transport without streams the call fails with
/// UNKNOWN. Clients make a status of the code themselves (gRPC `doc/PROTOCOL-HTTP2.md`, "Errors"), and repeat a
/// call with REFUSED_STREAM (7), so who has a status to give should throw an ``RPCError``.
public struct StreamReset: Error, Sendable, Hashable {
  /// An error code of RFC 9113 § 7; numbers without a meaning there are legal.
  public var code: UInt32

  /// Any number is a code.
  public init(code: UInt32) { self.code = code }
}
