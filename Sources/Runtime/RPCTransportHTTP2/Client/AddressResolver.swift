internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Finds the addresses behind a target, for programmes that keep them elsewhere than in the DNS.
///
/// Asked when the channel first connects and again when its connections fail or end, at most every
/// ``HTTP2Channel/Configuration/resolutionPause``.
public protocol AddressResolver: Sendable {
  /// The addresses that are good now, in the order of preference, and a service config if there is a new one.
  ///
  /// - Throws: any error; the channel keeps the addresses that it has
  func resolve() async throws -> ResolvedAddresses
}

/// What a resolver has found.
public struct ResolvedAddresses: Sendable, Hashable {
  /// Literal addresses or unix sockets; not empty.
  public var addresses: [Endpoint]
  /// A service config as JSON (gRFC A2); nil for the channel's own. One that is not valid is passed over.
  public var serviceConfig: String?

  /// Both parts are as given.
  public init(addresses: [Endpoint], serviceConfig: String? = nil) {
    self.addresses = addresses
    self.serviceConfig = serviceConfig
  }
}

/// Looks a host up with the system's resolver.
struct SystemResolver: AddressResolver {
  let host: String
  let port: Int

  func resolve() async throws -> ResolvedAddresses {
    let literal = try? SocketAddress(ipAddress: host, port: port)
    if literal != nil { return ResolvedAddresses(addresses: [.tcp(host: host, port: port)]) }
    // The system's call blocks, for seconds if need be.
    return try await NIOThreadPool.singleton.runIfActive {
      ResolvedAddresses(addresses: try Self.lookUp(host, port: port))
    }
  }

  private static func lookUp(_ host: String, port: Int) throws -> [Endpoint] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      // SAFETY: the text is a constant of the library.
      throw unsafe LookupError(host: host, reason: String(cString: gai_strerror(code)))
    }
    defer { unsafe freeaddrinfo(list) }
    var found: [Endpoint] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let text = unsafe numericText(of: entry.pointee) {
        let endpoint = Endpoint.tcp(host: text, port: port)
        if !found.contains(endpoint) { found.append(endpoint) }
      }
      unsafe next = entry.pointee.ai_next
    }
    if found.isEmpty { throw LookupError(host: host, reason: "no addresses") }
    return found
  }

  private static func numericText(of entry: addrinfo) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let code = unsafe getnameinfo(
        entry.ai_addr, entry.ai_addrlen, buffer.baseAddress, socklen_t(buffer.count), nil, 0,
        NI_NUMERICHOST)
      return code == 0 ? unsafe buffer.baseAddress.map { unsafe String(cString: $0) } : nil
    }
  }
}

/// Addresses that never change.
struct FixedAddresses: AddressResolver {
  let addresses: [Endpoint]

  func resolve() async throws -> ResolvedAddresses { ResolvedAddresses(addresses: addresses) }
}

/// The system's resolver found nothing.
struct LookupError: Error, CustomStringConvertible {
  var host: String
  var reason: String

  var description: String { "\(host) cannot be looked up: \(reason)" }
}

extension ChannelTarget {
  /// What finds the addresses of this target.
  var resolver: any AddressResolver {
    switch self {
    case .dns(let host, let port): SystemResolver(host: host, port: port)
    case .addresses(let endpoints): FixedAddresses(addresses: endpoints)
    case .unix(let path): FixedAddresses(addresses: [.unix(path: path)])
    }
  }
}

/// One asking for addresses; the next may begin when its pause is over.
///
/// `@unchecked Sendable`: touched on its channel's loop only.
final class Resolution: @unchecked Sendable {
  var alarm: Alarm?
  var isWantedAgain = false
}
