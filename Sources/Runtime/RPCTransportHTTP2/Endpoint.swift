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
