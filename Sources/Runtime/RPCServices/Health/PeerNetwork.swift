internal import RPCCore

/// Whom a share is for: one IPv4 address, or one IPv6 network of 64 bits, since that is the least that anybody
/// is given (RFC 6177 § 2).
///
/// Read from the text that a transport gives a peer, since the transport's own key stays within it.
enum PeerNetwork: Hashable {
  /// One host: an IPv4 address, or what else a transport may have written.
  case host(String)
  case ipv6(UInt64)

  /// Nil for a peer without an address and a port, at a unix socket or in the same process.
  init?(_ peer: PeerIdentity) {
    guard let colon = peer.address.lastIndex(of: ":"),
      UInt16(peer.address[peer.address.index(after: colon)...]) != nil
    else { return nil }
    let host = peer.address[..<colon]
    self =
      host.first == "[" && host.last == "]"
      ? Self(ipv6: host.dropFirst().dropLast()) : .host(String(host))
  }

  private init(ipv6 text: Substring) {
    let mapped = "::ffff:"
    let address = text.prefix { $0 != "%" }.lowercased()
    if address.hasPrefix(mapped), address.contains(".") {
      // An IPv4 client on a socket for both (RFC 4291 § 2.5.5.2).
      self = .host(String(address.dropFirst(mapped.count)))
    } else if let network = Self.network(of: address) {
      self = .ipv6(network)
    } else {
      self = .host(address)
    }
  }

  /// The first four groups of an address (RFC 4291 § 2.2); nil if it is none.
  private static func network(of address: String) -> UInt64? {
    var groups = address.split(separator: ":", omittingEmptySubsequences: false)
    // A "::" at either end leaves an empty group there beside its own.
    if groups.first == "" { groups.removeFirst() }
    if groups.last == "" { groups.removeLast() }
    if let gap = groups.firstIndex(of: "") {
      let zeros = repeatElement(Substring("0"), count: max(0, 9 - groups.count))
      groups.replaceSubrange(gap...gap, with: zeros)
    }
    guard groups.count == 8 else { return nil }
    var network: UInt64 = 0
    for group in groups.prefix(4) {
      guard let number = UInt16(group, radix: 16) else { return nil }
      network = network << 16 | UInt64(number)
    }
    return network
  }
}
