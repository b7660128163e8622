/// Either of the two ways to connect, behind the same events.
enum BalancingStrategy: Sendable {
  case first(PickFirst)
  case all(ConnectedSet)

  init(_ policy: BalancingPolicy) {
    switch policy {
    case .pickFirst: self = .first(PickFirst())
    case .roundRobin, .leastRequest: self = .all(ConnectedSet())
    }
  }

  var state: ConnectivityState {
    switch self {
    case .first(let endpoints): endpoints.state
    case .all(let endpoints): endpoints.state
    }
  }

  var ready: [EndpointID] {
    switch self {
    case .first(let endpoints): endpoints.ready
    case .all(let endpoints): endpoints.ready
    }
  }

  var timerDue: ContinuousClock.Instant? {
    switch self {
    case .first(let endpoints): endpoints.timerDue
    case .all: nil
    }
  }

  mutating func addressesChanged(
    _ ids: [EndpointID], now: ContinuousClock.Instant, _ actions: inout BalancerActions
  ) {
    switch self {
    case .first(var endpoints):
      endpoints.addressesChanged(ids, now: now, &actions)
      self = .first(endpoints)
    case .all(var endpoints):
      endpoints.addressesChanged(ids, &actions)
      self = .all(endpoints)
    }
  }

  mutating func stateChanged(
    _ id: EndpointID, _ state: ConnectivityState, now: ContinuousClock.Instant,
    _ actions: inout BalancerActions
  ) {
    switch self {
    case .first(var endpoints):
      endpoints.stateChanged(id, state, now: now, &actions)
      self = .first(endpoints)
    case .all(var endpoints):
      endpoints.stateChanged(id, state, &actions)
      self = .all(endpoints)
    }
  }

  mutating func timerFired(now: ContinuousClock.Instant, _ actions: inout BalancerActions) {
    switch self {
    case .first(var endpoints):
      endpoints.timerFired(now: now, &actions)
      self = .first(endpoints)
    case .all: break
    }
  }

  mutating func exitIdle(now: ContinuousClock.Instant, _ actions: inout BalancerActions) {
    switch self {
    case .first(var endpoints):
      endpoints.exitIdle(now: now, &actions)
      self = .first(endpoints)
    case .all: break
    }
  }

  mutating func eject(only ejected: Set<EndpointID>) {
    switch self {
    case .first: break
    case .all(var endpoints):
      endpoints.eject(only: ejected)
      self = .all(endpoints)
    }
  }
}
