/// One address that a channel may connect to, by a number that the transport chooses.
///
/// The number stays the address's own as long as the address is in the list, and while a call runs on it.
public struct EndpointID: Hashable, Sendable {
  /// The number.
  public let rawValue: Int

  /// The endpoint of this number.
  public init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// What kind of address an endpoint has: the kinds are tried in turns (gRFC A61, RFC 8305 § 4).
public enum AddressFamily: Hashable, Sendable {
  /// An address of IPv4.
  case ipv4
  /// An address of IPv6.
  case ipv6
  /// Any other, such as a path of a socket.
  case other
}

/// How far a connection, or a channel, has come (gRPC `doc/connectivity-semantics-and-api.md`).
public enum ConnectivityState: Hashable, Sendable, CaseIterable {
  /// Not connected, and not trying to be.
  case idle
  /// Trying to connect.
  case connecting
  /// Connected, and healthy as far as that is asked for.
  case ready
  /// Failed, and waiting before the next try; or connected and not healthy.
  case transientFailure
  /// Given up for good.
  case shutdown
}

/// Where a call goes.
public enum Pick: Hashable, Sendable {
  /// To this endpoint, which was ready when last heard of.
  case use(EndpointID)
  /// Nowhere yet: ask again after an action with another state. In ``ConnectivityState/idle`` nobody tries to connect
  /// until ``Balancer/exitIdle(now:)``.
  case wait
  /// Nowhere: UNAVAILABLE, unless the call waits for ready.
  case fail
}

/// What the transport is to do after an event of ``Balancer``, all of it.
public struct BalancerActions: Hashable, Sendable {
  /// Connect these; one that is waiting after a failure connects when its backoff is over.
  public var connect: [EndpointID] = []
  /// Close these once their calls are over, or stop trying.
  public var disconnect: [EndpointID] = []
  /// Call `timerFired` after this long, in place of any timer set before.
  public var timer: Duration?
  /// Stop the timer that was set last; not together with `timer`.
  public var cancelTimer = false
  /// The state of the channel from now on.
  public var state: ConnectivityState
  /// Resolve the name again, not sooner than the resolver allows: the addresses may have changed.
  public var reresolve = false

  /// Nothing to do, in a state.
  public init(state: ConnectivityState) { self.state = state }
}
