internal import RPCCore

/// How the bytes of a message are compressed, by the names that `grpc-encoding` has for it.
///
/// Source: gRPC `doc/compression.md` and `doc/PROTOCOL-HTTP2.md`, "Message-Encoding".
public enum MessageEncoding: UInt8, Sendable, Hashable, CaseIterable {
  /// Not at all.
  case identity
  /// RFC 1952, one member.
  case gzip
  /// RFC 1950, the zlib format. HTTP calls it by this name too (RFC 9110 § 8.4.1.2); the bare stream of
  /// RFC 1951 is something else and is not accepted.
  case deflate

  /// The name in header fields.
  public var name: StaticString {
    switch self {
    case .identity: "identity"
    case .gzip: "gzip"
    case .deflate: "deflate"
    }
  }

  /// Reads the value of `grpc-encoding`; nil for any name but the exact ones (Q20).
  public init?(fieldValue: Span<UInt8>) {
    guard let encoding = Self.allCases.first(where: { fieldValue.equals($0.name) }) else {
      return nil
    }
    self = encoding
  }
}
