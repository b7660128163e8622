internal import NIOCore
internal import RPCPolicy

/// Where a server listens or a client connects: `HOST:PORT`, `[V6]:PORT` or `unix:PATH`.
public enum Endpoint: Sendable, Hashable {
  /// A name or literal address, and a port; as a listener, port 0 picks a free one.
  case tcp(host: String, port: Int)
  /// A socket in the file system.
  case unix(path: String)
}

extension Endpoint: LosslessStringConvertible {
  /// Reads `HOST:PORT`, `[V6]:PORT` or `unix:PATH`; nil when the text is none of them.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty else { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("[") {
      guard host.hasSuffix("]") else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self = .tcp(host: String(host), port: Int(port))
  }

  /// The text that `init` reads.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

extension Endpoint {
  /// Whether only this machine reaches it, judged by the text alone: a socket in the file system, `localhost`, `::1` or
  /// 127.0.0.0/8 in figures. `127.example.org` is anybody's.
  public var isLocal: Bool {
    switch self {
    case .unix: true
    case .tcp(let host, _):
      host == "localhost" || host == "::1"
        || (host.hasPrefix("127.") && Self.isLiteral(host, isVersion6: false))
    }
  }

  /// Whether the host is a literal address of that version.
  func isLiteral(_ isVersion6: Bool) -> Bool {
    guard case .tcp(let host, let port) = self, port > 0 else { return false }
    return Self.isLiteral(host, isVersion6: isVersion6)
  }

  static func isLiteral(_ host: String, isVersion6: Bool) -> Bool {
    switch try? SocketAddress(ipAddress: host, port: 0) {
    case .v4: !isVersion6
    case .v6: isVersion6
    case .unixDomainSocket, nil: false
    }
  }

  /// For mixing the versions of IP (RFC 8305).
  var family: AddressFamily {
    if isLiteral(true) { return .ipv6 }
    return isLiteral(false) ? .ipv4 : .other
  }
}
