import RPCCore
import RPCPolicy

/// A balancer with virtual time and a seed.
struct BalancerScript: ~Copyable {
  var balancer: Balancer
  private(set) var now = ContinuousClock.now
  var random: SplitMix64

  init(
    _ policy: BalancingPolicy, outlierDetection: OutlierDetectionConfig? = nil, seed: UInt64 = 7
  ) {
    balancer = Balancer(policy: policy, outlierDetection: outlierDetection)
    random = SplitMix64(seed: seed)
  }

  mutating func addresses(
    _ numbers: some Sequence<Int>, families: [AddressFamily] = []
  ) -> BalancerActions {
    balancer.addressesChanged(
      numbers.map(EndpointID.init), families: families, now: now, using: &random)
  }

  mutating func becomes(_ number: Int, _ state: ConnectivityState) -> BalancerActions {
    balancer.stateChanged(EndpointID(number), state, now: now)
  }

  /// Lets time pass, and the timer fire.
  mutating func fires(after duration: Duration) -> BalancerActions {
    now += duration
    return balancer.timerFired(now: now, using: &random)
  }

  mutating func passes(_ duration: Duration) { now += duration }

  mutating func exitIdle() -> BalancerActions { balancer.exitIdle(now: now) }

  mutating func pick(load: (EndpointID) -> Int = { _ in 0 }) -> Pick {
    balancer.pick(load: load, using: &random)
  }

  /// The number of the endpoint that a call goes to; nil when it goes nowhere.
  mutating func picked(load: (EndpointID) -> Int = { _ in 0 }) -> Int? {
    guard case .use(let id) = pick(load: load) else { return nil }
    return id.rawValue
  }
}

extension BalancerActions {
  /// What is written of an action in tests, all of it.
  static func of(
    _ state: ConnectivityState, connect: [Int] = [], disconnect: [Int] = [],
    timer: Duration? = nil, cancelsTimer: Bool = false, reresolve: Bool = false
  ) -> BalancerActions {
    var actions = BalancerActions(state: state)
    actions.connect = connect.map(EndpointID.init)
    actions.disconnect = disconnect.map(EndpointID.init)
    actions.timer = timer
    actions.cancelTimer = cancelsTimer
    actions.reresolve = reresolve
    return actions
  }
}
