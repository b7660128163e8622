/// What a channel is for: a name to look up, or addresses.
///
/// As text, in the forms of gRPC's name resolution: `dns:HOST:PORT` and `dns:///HOST:PORT`, or just `HOST:PORT`;
/// `ipv4:A.B.C.D:PORT,…`; `ipv6:[ADDRESS]:PORT,…`; `unix:PATH` and `unix:///PATH`.
///
/// Source: gRPC `doc/naming.md`.
public enum ChannelTarget: Sendable, Hashable {
  /// A host to look up in the DNS, or a literal address, and a port.
  case dns(host: String, port: Int)
  /// Literal addresses, in the order of preference.
  case addresses([Endpoint])
  /// A socket in the file system.
  case unix(path: String)

  /// The target of one place.
  public init(_ endpoint: Endpoint) {
    switch endpoint {
    case .tcp(let host, let port): self = .dns(host: host, port: port)
    case .unix(let path): self = .unix(path: path)
    }
  }
}

extension ChannelTarget: LosslessStringConvertible {
  /// Reads one of the forms above; nil for any other text.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = text[text.index(after: colon)...]
    switch text[..<colon] {
    case "dns":
      self.init(dns: rest)
    case "unix":
      let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
      guard !path.isEmpty, !path.hasPrefix("//") else { return nil }
      self = .unix(path: String(path))
    case "ipv4", "ipv6":
      let isVersion6 = text[..<colon] == "ipv6"
      let parts = rest.split(separator: ",", omittingEmptySubsequences: false)
      let endpoints = parts.compactMap { Endpoint(String($0)) }
      guard endpoints.count == parts.count, endpoints.allSatisfy({ $0.isLiteral(isVersion6) })
      else { return nil }
      self = .addresses(endpoints)
    default:
      self.init(dns: text[...])
    }
  }

  /// `dns:` names the server that is asked between two slashes; only the system's own is.
  private init?(dns text: Substring) {
    var text = text
    if text.hasPrefix("//") {
      guard text.hasPrefix("///") else { return nil }
      text = text.dropFirst(3)
    }
    guard case .tcp(let host, let port) = Endpoint(String(text)), port > 0 else { return nil }
    self = .dns(host: host, port: port)
  }

  /// The shortest text that `init` reads.
  public var description: String {
    switch self {
    case .dns(let host, let port): Endpoint.tcp(host: host, port: port).description
    case .unix(let path): "unix:\(path)"
    case .addresses(let endpoints):
      (endpoints.first?.isLiteral(true) ?? false ? "ipv6:" : "ipv4:")
        + endpoints.map(\.description).joined(separator: ",")
    }
  }

  /// What calls say as `:authority` unless they are told otherwise (Q7).
  var authority: String {
    switch self {
    case .dns: description
    case .unix: "localhost"
    case .addresses(let endpoints): endpoints.first?.description ?? "localhost"
    }
  }

  /// The name to ask the certificate for; nil where it is compared with the address.
  var hostName: String? {
    guard case .dns(let host, _) = self, !Endpoint.isLiteral(host, isVersion6: true),
      !Endpoint.isLiteral(host, isVersion6: false)
    else { return nil }
    return host
  }
}
