/// One end of a socket, as the system has it.
public enum NetworkAddress: Sendable, Hashable {
  /// Four bytes for IPv4 or sixteen for IPv6, in the order of the network, and a port.
  case ip(bytes: [UInt8], port: Int)
  /// A socket of this machine by its path; empty for one that has no name.
  case unix(path: String)
  /// Anything else, in words: "in-process".
  case other(String)
}
