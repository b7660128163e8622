import NIOCore
import Testing

@testable import RPCTransportHTTP2

@Suite("whom the ceilings for an address are for")
struct AddressKeyTests {
  private func key(_ ip: String, port: Int = 1) throws -> AddressKey? {
    try AddressKey(SocketAddress(ipAddress: ip, port: port))
  }

  @Test("an IPv4 address is one, whatever its port, and the same when it comes as IPv6")
  func ipv4() throws {
    #expect(try key("192.0.2.1") == key("192.0.2.1", port: 2))
    #expect(try key("192.0.2.1") != key("192.0.2.2"))
    #expect(try key("::ffff:192.0.2.1") == key("192.0.2.1"))
    #expect(try key("::ffff:192.0.2.1") != key("::192.0.2.1"))
  }

  @Test("of IPv6 it is the network of 64 bits")
  func ipv6() throws {
    #expect(try key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff:ffff:ffff:ffff"))
    #expect(try key("2001:db8:0:1::1") != key("2001:db8:0:2::1"))
    // No IPv4 address is the same as some network.
    #expect(try key("0.0.0.1") != key("0:0:0:1::"))
  }

  @Test("a unix socket has none")
  func unix() throws {
    #expect(try AddressKey(SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    #expect(AddressKey(nil) == nil)
  }
}
