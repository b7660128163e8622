/// What callers of the health service may make a server hold, each quantity with its ceiling and reason.
public struct HealthLimits: Sendable, Hashable {
  /// Calls of `Watch` open at once, over all connections. Each is a stream and a task that a load balancer
  /// keeps for as long as it lives, and a change wakes them all; a thousand is a large fleet's.
  public var watcherCountMax = 1000

  /// Those of one address among them, so that it cannot take them all, and balancers elsewhere do not hold a
  /// server for ill that is well (gRFC A17). A hundred clients behind one address must fit, each of which
  /// watches, and not take more than a tenth of everything. An address is one of IPv4, or 64 bits of IPv6.
  ///
  /// Peers without an address have no share and only count for the ceiling above: those of a unix socket were
  /// let in by who may open its file, and a proxy there speaks for clients of everywhere; those in the
  /// same process are its own code.
  public var watcherCountMaxPerAddress = 100

  /// Services in one answer of `List`. A hundred is the number gRPC's own proposal names (A90), so no
  /// client counts on more.
  public var listedServiceCountMax = 100

  /// Bytes of a service's name that may be watched. Names that nobody has are kept while they are watched,
  /// and no schema has any as long as this.
  public var serviceNameByteCountMax = 1024

  /// The limits above.
  public init() {}
}
