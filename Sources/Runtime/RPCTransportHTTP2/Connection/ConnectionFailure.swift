internal import NIOPosix
internal import NIOSSL

/// Why a connection failed, in words for a person: without the libraries' own wrapping and source files.
enum ConnectionFailure {
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      let attempts = error.connectionErrors.map { "\($0.error)" }
      let lookups = [error.dnsAError, error.dnsAAAAError].compactMap { $0.map { "\($0)" } }
      return Set(attempts.isEmpty ? lookups : attempts).sorted().joined(separator: "; ")
    case NIOSSLError.handshakeFailed(.sslError(let stack)):
      return "the TLS handshake failed: \(names(stack))"
    case BoringSSLError.sslError(let stack), NIOSSLError.shutdownFailed(.sslError(let stack)):
      return "TLS failed: \(names(stack))"
    case NIOSSLError.handshakeFailed(let cause):
      return "the TLS handshake failed: \(cause)"
    default:
      return "\(error)"
    }
  }

  private static func names(_ stack: NIOBoringSSLErrorStack) -> String {
    stack.isEmpty ? "no reason given" : stack.map(name).joined(separator: ", ")
  }

  /// BoringSSL's name of an error, as `CERTIFICATE_VERIFY_FAILED`: the last part of its text but for the
  /// place in its source.
  private static func name(_ error: BoringSSLInternalError) -> String {
    let text = error.description.split(separator: " at ").first ?? ""
    return String(text.split(separator: ":").last?.drop { $0 == " " } ?? "an error without a name")
  }
}
