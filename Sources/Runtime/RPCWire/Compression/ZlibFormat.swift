internal import CZlib

/// The two formats around deflated data that gRPC names.
enum ZlibFormat: Hashable {
  /// RFC 1952, `gzip`.
  case gzip
  /// RFC 1950, `deflate`.
  case zlib

  /// Nil for `identity`.
  init?(_ encoding: MessageEncoding) {
    switch encoding {
    case .identity: return nil
    case .gzip: self = .gzip
    case .deflate: self = .zlib
    }
  }

  /// zlib's `windowBits`: a window of 32 KiB, and 16 more asks for gzip and for nothing else.
  var windowBits: CInt {
    switch self {
    case .gzip: MAX_WBITS + 16
    case .zlib: MAX_WBITS
    }
  }
}
