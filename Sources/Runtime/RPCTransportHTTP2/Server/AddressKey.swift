internal import NIOCore

/// Whom the ceilings for an address are for: one IPv4 address, or one IPv6 network of 64 bits, since that is
/// the least that anybody is given (RFC 6177 § 2).
enum AddressKey: Hashable {
  case ipv4(UInt32)
  case ipv6Network(UInt64)

  /// Nil for a unix socket, which has no address.
  init?(_ address: SocketAddress?) {
    // SAFETY: read as bytes; the places are those of `sockaddr_in` and `sockaddr_in6` on Linux, whose fields
    // have no names here.
    switch address {
    case .v4(let address):
      self.init(ipv4: unsafe withUnsafeBytes(of: address.address) { unsafe [UInt8]($0[4..<8]) })
    case .v6(let address):
      self.init(ipv6: unsafe withUnsafeBytes(of: address.address) { unsafe [UInt8]($0[8..<24]) })
    case .unixDomainSocket, nil:
      return nil
    }
  }

  /// - Parameter bytes: four
  private init(ipv4 bytes: some Sequence<UInt8>) {
    self = .ipv4(UInt32(Self.number(bytes)))
  }

  /// - Parameter bytes: sixteen
  private init(ipv6 bytes: [UInt8]) {
    // An IPv4 client on a socket for both (RFC 4291 § 2.5.5.2).
    if Self.number(bytes[..<8]) == 0, Self.number(bytes[8..<12]) == 0xFFFF {
      self.init(ipv4: bytes[12...])
    } else {
      self = .ipv6Network(Self.number(bytes[..<8]))
    }
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
